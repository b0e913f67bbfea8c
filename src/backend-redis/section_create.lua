-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, settle, fence, id, end in us or
-- +inf, relative, then, when it is short, the stored value
local k = section_keys()
local writer, seq, settle = ARGV[1], ARGV[2], ARGV[3] == '1'
local id, ends = ARGV[5], ARGV[6]
-- The content may follow in the same transaction.
local function keep_out()
  if not ARGV[8] then
    refuse(k, id)
  end
end

local meta = call('HMGET', k.meta, 'format', 'max_sections')
if not meta[1] then
  is_gone(k)
  return { 'GONE' }
end
if settle and applied(k, writer, seq) then
  keep_out()
  return { 'OK' }
end
if fenced(k.meta, ARGV[4]) then
  keep_out()
  return { 'FENCED' }
end
if section_end(k, id) then
  keep_out()
  return { 'EXISTS' }
end
local max = tonumber(meta[2])
if call('ZCARD', k.index) >= max then
  local n = call('ZCOUNT', k.index, '(' .. whole(now_us()), '+inf')
  if call('ZSCORE', k.index, '') then
    n = n - 1
  end
  if n >= max then
    return { 'FULL' }
  end
end
if ARGV[7] == '1' then
  ends = whole(now_us() + tonumber(ends))
elseif ends ~= '+inf' and math.floor(tonumber(ends) / 1e6) < math.floor(now_us() / 1e6) then
  return { 'PAST' }
end
call('ZADD', k.index, ends, id)
content_drop(k, id)
if ARGV[8] then
  call('HSET', k.data, 's:' .. id, ARGV[8], 'w:' .. writer, seq, 'v', '')
else
  call('HSET', k.data, 'w:' .. writer, seq, 'v', '')
end
return { 'OK' }
