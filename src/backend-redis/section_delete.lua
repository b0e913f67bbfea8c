-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, settle, fence, id
local k = section_keys()
local writer, seq, settle, id = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[5]
if is_gone(k) then
  return { 'GONE' }
end
if settle and applied(k, writer, seq) then
  return { 'OK' }
end
if fenced(k.meta, ARGV[4]) then
  return { 'FENCED' }
end
if not section_end(k, id) then
  content_drop(k, id)
  return { 'ABSENT' }
end
section_drop(k, id, writer)
call('HSET', k.data, 'w:' .. writer, seq)
return { 'OK' }
