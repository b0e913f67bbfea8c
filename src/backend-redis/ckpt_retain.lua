-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta | ARGV retention in ns
local m = call('HMGET', KEYS[1], 'retention', 'unlinked')
if not m[1] then
  return { 'GONE' }
end
if m[2] == '1' then
  return { 'UNLINKED' }
end
call('HSET', KEYS[1], 'retention', ARGV[1])
return { 'OK' }
