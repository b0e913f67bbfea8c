-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, settle, fenced node, stamp, then per
-- element id, mode, offset, size, content
--   R  replace by the content      S  put the content at the offset
--   r  replace by what follows     s  the same, if that covers the section
--   p  r, as the settle form of a plain write
-- "What follows" are HSETNX commands in the same transaction: large contents do not
-- pass through here, only room is made for them. All or nothing.
local k = section_keys()
local writer, seq, settle, stamp = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[5]
local STAMP, FIRST, STEP = 24, 6, 5

local function size_of(id)
  return math.max(call('HSTRLEN', k.data, 's:' .. id) - STAMP, 0)
end

local function splice(old, offset, data)
  if #old < offset then
    old = old .. string.rep('\0', offset - #old)
  end
  return old:sub(1, offset) .. data .. old:sub(offset + #data + 1)
end

-- A plain write is applied even if the section was not there; somebody else may have
-- created it since.
local function plain_write_hit(id)
  if not call('ZSCORE', k.index, id) then
    return false
  end
  local value = call('HGET', k.data, 's:' .. id) or ''
  return string.byte(value, 4) ~= 1
end

-- Why element i cannot be written, or nil.
local function obstacle(i, now, seen)
  local id, mode, offset, size = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  if not section_end(k, id, now) then
    call('HDEL', k.data, 's:' .. id)
    return 'ABSENT'
  end
  local covers = offset == 0 and size >= size_of(id)
  if mode == 'S' and not covers then
    local old = call('HGET', k.data, 's:' .. id) or ''
    if #old < STAMP or old:sub(1, 3) ~= 'CV1' then
      return 'DAMAGED'
    end
  end
  if (mode == 's' and not covers) or (seen[id] and (seen.later or mode:lower() == mode)) then
    return 'INLINE'
  end
  seen[id] = true
  seen.later = seen.later or mode:lower() == mode
end

if is_gone(k) then
  return { 'GONE' }
end
if settle and applied(k, writer, seq) then
  if ARGV[FIRST + 1] == 'p' and not plain_write_hit(ARGV[FIRST]) then
    return { 'ABSENT', 0 }
  end
  return { 'OK' }
end
if fenced(k.meta, ARGV[4]) then
  for i = FIRST, #ARGV, STEP do
    refuse(k, ARGV[i])
  end
  return { 'FENCED', 0 }
end
local now, seen = now_us(), {}
for i = FIRST, #ARGV, STEP do
  local why = obstacle(i, now, seen)
  if why then
    return { why, (i - FIRST) / STEP }
  end
end
local change = {}
for i = FIRST, #ARGV, STEP do
  local id, mode, offset, data = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 4]
  local field = 's:' .. id
  if mode:lower() == mode then
    call('HDEL', k.data, field)
  elseif mode == 'R' or (offset == 0 and #data >= size_of(id)) then
    call('HSET', k.data, field, stamp .. data)
  else
    local old = call('HGET', k.data, field)
    call('HSET', k.data, field, stamp .. splice(old:sub(STAMP + 1), offset, data))
  end
  local n = #change
  change[n + 1], change[n + 2], change[n + 3], change[n + 4] = id, ARGV[i + 2], 'd', data
end
call('HSET', k.data, 'w:' .. writer, seq)
if has_feed(k) then
  announce(k, writer, change)
end
return { 'OK' }
