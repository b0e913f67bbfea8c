-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta | ARGV node, how often the role has moved as far as the caller knows ("": it
-- does not matter)
-- A call that another one has overtaken takes nothing: its process may be dead by now.
if call('EXISTS', KEYS[1]) == 0 then
  return { 'GONE' }
end
local role = call('HMGET', KEYS[1], 'active_node', 'active_epoch')
local epoch = tonumber(role[2] or 0)
if role[1] ~= ARGV[1] then
  if ARGV[2] ~= '' and tonumber(ARGV[2]) ~= epoch then
    return { 'FENCED', epoch }
  end
  epoch = epoch + 1
  call('HSET', KEYS[1], 'active_node', ARGV[1], 'active_epoch', epoch)
end
return { 'OK', epoch }
