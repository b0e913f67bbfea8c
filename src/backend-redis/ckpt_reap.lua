-- SPDX-License-Identifier: Apache-2.0
-- KEYS name | ARGV instance, process that died, its last sign of life in us
local k, proc = keys_of(KEYS[1], ARGV[1]), ARGV[2]
local n = 0
for _, h in ipairs(call('HKEYS', k.open)) do
  if h:sub(1, #proc) == proc then
    n = n + call('HDEL', k.open, h)
  end
end
call('HDEL', k.data, 'w:' .. proc)
if n > 0 and call('HLEN', k.open) == 0 and call('EXISTS', k.meta) == 1 then
  local now = now_us()
  closed(k, math.min(tonumber(ARGV[3]), now), now)
end
return { 'OK' }
