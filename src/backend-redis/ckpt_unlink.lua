-- SPDX-License-Identifier: Apache-2.0
-- KEYS name | ARGV instance, settle, fence
local k = keys_of(KEYS[1], ARGV[1])
if call('GET', k.ptr) ~= k.id then
  -- when settling: it was us, or somebody at the same time
  return { ARGV[2] == '1' and 'OK' or 'ABSENT' }
end
if fenced(k.meta, ARGV[3]) then
  return { 'FENCED' }
end
call('DEL', k.ptr)
if call('HLEN', k.open) == 0 then
  remove(k)
elseif call('EXISTS', k.meta) == 1 then
  call('HSET', k.meta, 'unlinked', 1)
end
return { 'OK' }
