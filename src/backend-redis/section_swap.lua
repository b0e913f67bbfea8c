-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, settle, fence, stamp, count, then per
-- section its id, the first bytes of the value that it has, and the content that replaces it,
-- then per change for the feed: section, offset, value
-- Sealed sections cannot be changed in here: who changes them has read them, and they may not
-- have been written since. All or nothing. Contents that are empty here follow as HSETNX
-- commands in the same transaction.
local k = section_keys()
local writer, seq, settle, stamp = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[5]
local n, FIRST = tonumber(ARGV[6]), 7

local function arg(i, which)
  return ARGV[FIRST + 3 * (i - 1) + which]
end

local function refused(why, i)
  for j = 1, n do
    if arg(j, 2) == '' then
      refuse(k, arg(j, 0))
    end
  end
  return { why, i - 1 }
end

local meta = call('HMGET', k.meta, 'format', 'notify')
if not meta[1] then
  is_gone(k)
  return { 'GONE' }
end
if settle and applied(k, writer, seq) then
  return refused('OK', 1)
end
if fenced(k.meta, ARGV[4]) then
  return refused('FENCED', 1)
end
for i = 1, n do
  if not section_end(k, arg(i, 0)) then
    content_drop(k, arg(i, 0))
    return refused('ABSENT', i)
  end
end
for i = 1, n do
  local head = arg(i, 1)
  if section_head(k, arg(i, 0), math.max(#head, 1)) ~= head then
    return refused('CHANGED', i)
  end
end
local sets, change = { 'w:' .. writer, seq, 'v', '' }, {}
for i = 1, n do
  local id, content = arg(i, 0), arg(i, 2)
  content_drop(k, id)
  if content ~= '' then
    sets[#sets + 1], sets[#sets + 2] = 's:' .. id, stamp .. content
  end
end
sliced('HSET', k.data, sets)
if meta[2] == '1' then
  for i = FIRST + 3 * n, #ARGV, 3 do
    local c = #change
    change[c + 1], change[c + 2], change[c + 3], change[c + 4] = ARGV[i], ARGV[i + 1], 'e', ARGV[i + 2]
  end
  announce(k, writer, change)
end
return { 'OK' }
