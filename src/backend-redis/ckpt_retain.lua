-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta | ARGV retention in ns, fence
local m = call('HMGET', KEYS[1], 'retention', 'unlinked')
if not m[1] then
  return { 'GONE' }
end
if m[2] == '1' then
  return { 'UNLINKED' }
end
if fenced(KEYS[1], ARGV[2]) then
  return { 'FENCED' }
end
call('HSET', KEYS[1], 'retention', ARGV[1])
return { 'OK' }
