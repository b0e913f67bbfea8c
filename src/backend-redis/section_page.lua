-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV lowest end, highest end, count, last end, last id
-- The ids that follow the last one in the order of (end, id), with their ends. Its place
-- is found even if it was deleted or moved meanwhile.
local k = section_keys()
local was = call('ZSCORE', k.index, ARGV[5])
if was ~= ARGV[4] then
  call('ZADD', k.index, ARGV[4], ARGV[5])
end
local from = call('ZRANK', k.index, ARGV[5]) + 1
if not was then
  call('ZREM', k.index, ARGV[5])
  from = from - 1
elseif was ~= ARGV[4] then
  call('ZADD', k.index, was, ARGV[5])
  from = from - (num(was) >= num(ARGV[4]) and 1 or 0)
end
local page = call('ZRANGE', k.index, from, from + tonumber(ARGV[3]) - 1, 'WITHSCORES')
local top = num(ARGV[2])
local out = {}
for i = 1, #page, 2 do
  if num(page[i + 1]) > top then
    break
  end
  out[i], out[i + 1] = page[i], page[i + 1]
end
return out
