-- SPDX-License-Identifier: Apache-2.0
-- KEYS name | ARGV process, number of the open, instance
-- A process that was taken for dead is alive: its open counts again.
local k = keys_of(KEYS[1], ARGV[3])
if call('EXISTS', k.meta) == 0 then
  return { 'GONE' }
end
keep(k)
call('HSETNX', k.open, ARGV[1] .. ' ' .. ARGV[2], whole(now_us()))
return { 'OK' }
