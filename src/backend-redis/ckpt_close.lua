-- SPDX-License-Identifier: Apache-2.0
-- KEYS name | ARGV process, number of the open, instance (empty: the current one)
-- Answers which instance it was and who else has it open.
local id = ARGV[3] ~= '' and ARGV[3] or call('GET', KEYS[1])
if not id then
  return { 'OK' }
end
local proc, k = ARGV[1], keys_of(KEYS[1], id)
if call('HDEL', k.open, proc .. ' ' .. ARGV[2]) == 0 then
  return { 'OK' }
end
local others = holders(k)
if #others == 0 then
  local now = now_us()
  writers_forget(k, proc)
  return { closed(k, now, now) and 'REMOVED' or 'OK' }
end
local again = #others == 64
for _, h in ipairs(others) do
  again = again or h:sub(1, #proc) == proc
end
if not again then
  writers_forget(k, proc)
end
return { 'OK', id, unpack(others) }
