-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, id, the writer's number, latest time in us
-- Before a write that a fail-over has lost is applied again, in the same transaction: if
-- the section holds something newer, that write counts as applied.
local k = section_keys()
if is_gone(k) then
  return { 'GONE' }
end
local id = ARGV[3]
local stamp = call('ZSCORE', k.index, id) and section_head(k, id, STAMP) or ''
local function number(from, n)
  local v = 0
  for i = from + n - 1, from, -1 do
    v = v * 256 + string.byte(stamp, i)
  end
  return v
end
if #stamp == STAMP then
  local newer
  if number(5, 4) == tonumber(ARGV[4]) then
    newer = number(17, 8) >= tonumber(ARGV[2])
  else
    newer = number(9, 8) > tonumber(ARGV[5])
  end
  if newer then
    call('HSET', k.data, 'w:' .. ARGV[1], ARGV[2])
    return { 'NEWER' }
  end
end
return { 'LOST' }
