-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, settle, fence, id, end in us or +inf, relative
local k = section_keys()
local writer, seq, settle = ARGV[1], ARGV[2], ARGV[3] == '1'
local id, ends = ARGV[5], ARGV[6]
if is_gone(k) then
  return { 'GONE' }
end
if settle and applied(k, writer, seq) then
  return { 'OK' }
end
if fenced(k.meta, ARGV[4]) then
  return { 'FENCED' }
end
local now = now_us()
if not section_end(k, id, now) then
  return { 'ABSENT' }
end
if ARGV[7] == '1' then
  ends = whole(now + tonumber(ends))
end
call('ZADD', k.index, ends, id)
call('HSET', k.data, 'w:' .. writer, seq, 'v', '')
section_end(k, id, now)
return { 'OK' }
