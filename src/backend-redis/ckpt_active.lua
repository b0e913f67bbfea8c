-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta | ARGV node
if call('EXISTS', KEYS[1]) == 0 then
  return { 'GONE' }
end
if call('HGET', KEYS[1], 'active_node') ~= ARGV[1] then
  call('HSET', KEYS[1], 'active_node', ARGV[1])
  call('HINCRBY', KEYS[1], 'active_epoch', 1)
end
return { 'OK', tonumber(call('HGET', KEYS[1], 'active_epoch')) }
