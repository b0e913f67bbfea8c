-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV writer, seq, settle, fence, stamp, mark, plan,
-- then per element id, content. The mark is stored as field v, for section_again, when all
-- elements are whole sections that never end, else an empty one. The plan has
-- "MODE OFFSET SIZE " per element, or is empty: S 0.
--   R  replace by the content      S  put the content at the offset
--   r  replace by what follows     s  the same, if that covers the section
--   p  r, as the settle form of a plain write
--   l  S, as the settle form of a patch to a section with its own key
-- A sealed content, which the stamp tells, is all of a section: put where it does not cover
-- the section, or twice into one, it is answered by INLINE, and nothing is changed.
-- "What follows" are HSETNX commands in the same transaction: large contents do not
-- pass through here, only room is made for them. All or nothing.
local k = section_keys()
local writer, seq, settle = ARGV[1], ARGV[2], ARGV[3] == '1'
local stamp, mark, plan = ARGV[5], ARGV[6], ARGV[7]
local FIRST = 8
local BYTES_MAX = 512 * 1024 * 1024
local n = (#ARGV - FIRST + 1) / 2
local ids, modes, offsets, sizes = {}, {}, {}, {}
local sealed = is_sealed(stamp)
local extra = sealed and SEAL or 0

-- Which of ids are there for ever. A small index is a list, in which each look-up walks
-- from the start: many of them together cost more than all of it.
local function forever()
  local there = {}
  if n >= 16 and call('ZCARD', k.index) <= 128 then
    for _, id in ipairs(call('ZRANGEBYSCORE', k.index, '+inf', '+inf')) do
      there[id] = true
    end
  else
    for i, e in ipairs(sliced('ZMSCORE', k.index, ids)) do
      there[ids[i]] = e == 'inf'
    end
  end
  return there
end

-- Contents that cover their sections, which are there for ever, each once: the usual
-- vector. False: it is not that simple.
local function cover_all()
  local fields, seen, sets = {}, {}, { 'w:' .. writer, seq, 'v', mark }
  for i = 1, n do
    local id = ARGV[FIRST + 2 * i - 2]
    if seen[id] then
      return false
    end
    seen[id] = true
    ids[i], fields[i] = id, 's:' .. id
  end
  local there, olds = forever(), sliced('HMGET', k.data, fields)
  for i = 1, n do
    local data = ARGV[FIRST + 2 * i - 1]
    if not there[ids[i]] or not olds[i] or content_size(olds[i]) > #data - extra then
      return false
    end
    sets[2 * i + 3], sets[2 * i + 4] = fields[i], stamp .. data
  end
  sliced('HSET', k.data, sets)
  return true
end

local meta = call('HMGET', k.meta, 'format', 'notify', 'active_node', 'active_epoch')
local may_write = not shut_out(ARGV[4], meta[3], meta[4])
if plan == '' and meta[1] and meta[2] ~= '1' and not settle and may_write and cover_all() then
  return { 'OK', 0, mark ~= '' and 1 or 0 }
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

-- A patch that found the section in one value, or not at all, had no effect. When it is
-- one value now, it may have become so since.
local function patch_outcome(id)
  if not call('ZSCORE', k.index, id) then
    return 'ABSENT'
  end
  return call('HSTRLEN', k.data, 's:' .. id) == 0 and 'OK' or 'UNSURE'
end

local function is_outside(i)
  return modes[i] and modes[i]:lower() == modes[i]
end

local function refused(why, i)
  for j = 1, n do
    if is_outside(j) then
      refuse(k, ids[j])
    end
  end
  return { why, i - 1 }
end

-- The first element whose section is not there, or nil.
local function absent()
  local ends, now = sliced('ZMSCORE', k.index, ids), nil
  for i = 1, n do
    local e = ends[i]
    if e and e ~= 'inf' then
      mark, now = '', now or now_us()
      if tonumber(e) <= now then
        section_drop(k, ids[i], '')
        e = false
      end
    end
    if not e then
      content_drop(k, ids[i])
      return i
    end
  end
end

-- What is known of a section: id, size; whole: its value, or large: it has its own key;
-- content: what replaces it, ranges: what is put into its key.
local sections = {}

local function large_look(s)
  s.size = call('STRLEN', large_key(k, s.id))
  s.large = s.size > 0
end

local function size_look(s)
  local len = call('HSTRLEN', k.data, 's:' .. s.id)
  if len == 0 then
    large_look(s)
  elseif sealed then
    s.size = content_size(call('HGET', k.data, 's:' .. s.id))
  else
    s.size = math.max(len - STAMP, 0)
  end
end

-- Sections that are written at offsets: their values are needed.
local function wholes_look(list)
  local fields = {}
  for j, s in ipairs(list) do
    fields[j] = 's:' .. s.id
  end
  local values = sliced('HMGET', k.data, fields)
  for j, s in ipairs(list) do
    if values[j] then
      s.whole, s.size = values[j], content_size(values[j])
    else
      large_look(s)
    end
  end
end

-- Find out about every section; returns the element that must be done inline, or nil.
local function look()
  local by_id, patched, later = {}, {}, false
  for i = 1, n do
    local id, outside = ids[i], is_outside(i)
    if by_id[id] and (later or outside or sealed) then
      return i
    end
    later = later or outside
    local s = by_id[id]
    if s then
      mark = ''
    else
      s = { id = id }
      by_id[id] = s
      if outside or modes[i] == 'R' then
        size_look(s)
      else
        patched[#patched + 1] = s
      end
    end
    sections[i] = s
  end
  wholes_look(patched)
  for i = 1, n do
    local offset, size = offsets[i] or 0, sizes[i] or #ARGV[FIRST + 2 * i - 1]
    if (modes[i] == 's' or sealed and (modes[i] or 'S') == 'S') and
       (offset > 0 or size - extra < sections[i].size) then
      return i
    end
  end
end

local function is_ours(value)
  return #value >= STAMP and value:sub(1, 3) == 'CV1'
end

-- The element that would write into damage, or beyond what Redis can hold; or nil.
local function obstacle()
  for i = 1, n do
    local s, offset, size = sections[i], offsets[i] or 0, #ARGV[FIRST + 2 * i - 1]
    if offset + size > BYTES_MAX then
      return i, 'REFUSED'
    end
    if (modes[i] or 'S') == 'S' and (offset > 0 or size < s.size) and not s.large and
       not is_ours(s.whole or '') then
      return i, 'DAMAGED'
    end
  end
end

-- A section that is written at offsets and is not small gets a key of its own; but not
-- too many of them do, because each is touched when the checkpoint is closed for good. In a
-- cluster none does: the scripts could not tell in time that some of them have moved.
local function deserves_key(s)
  return not CLUSTER and s.patched and #s.content > 1000 and
         (#s.content > 65536 or call('HLEN', k.large) < 10000)
end

local function splice(old, offset, data)
  if #old < offset then
    old = old .. string.rep('\0', offset - #old)
  end
  return old:sub(1, offset) .. data .. old:sub(offset + #data + 1)
end

local function put(s, offset, data, replace)
  if s.large and not replace and not s.content then
    s.ranges = s.ranges or {}
    if #data == 0 and offset > s.size then
      offset, data = offset - 1, '\0'
    end
    s.ranges[#s.ranges + 1] = { offset, data }
  elseif replace or (offset == 0 and #data >= s.size) then
    s.content = data
  else
    s.content, s.patched = splice(s.content or s.whole:sub(STAMP + 1), offset, data), true
  end
  s.size = s.content and #s.content or math.max(s.size, offset + #data)
end

-- Add what is to be stored in the data hash to sets, store the rest.
local function store(s, sets)
  if not s.content then
    for _, r in ipairs(s.ranges) do
      call('SETRANGE', large_key(k, s.id), r[1], r[2])
    end
    call('HSET', k.large, s.id, stamp)
  elseif deserves_key(s) then
    call('HDEL', k.data, 's:' .. s.id)
    call('SET', large_key(k, s.id), s.content)
    call('HSET', k.large, s.id, stamp)
    s.large = true
  else
    if s.large then
      large_drop(k, s.id)
      s.large = false
    end
    sets[#sets + 1] = 's:' .. s.id
    sets[#sets + 1] = stamp .. s.content
  end
  s.stored = true
end

if not meta[1] then
  is_gone(k)
  return { 'GONE' }
end
for i = 1, n do
  ids[i] = ARGV[FIRST + 2 * i - 2]
end
for mode, offset, size in plan:gmatch('(%a) (%d+) (%d+)') do
  local i = #modes + 1
  modes[i], offsets[i], sizes[i] = mode, tonumber(offset), tonumber(size)
end
if settle and applied(k, writer, seq) then
  if modes[1] == 'l' then
    return { patch_outcome(ids[1]) }
  end
  local hit = modes[1] ~= 'p' or plain_write_hit(ids[1])
  return refused(hit and 'OK' or 'ABSENT', 1)
end
if modes[1] == 'l' then
  modes[1] = 'S'
end
if not may_write then
  return refused('FENCED', 1)
end
local at = absent()
if at then
  return refused('ABSENT', at)
end
at = look()
if at then
  return refused('INLINE', at)
end
local why
at, why = obstacle()
if at then
  return refused(why, at)
end

local change, sets = {}, { 'w:' .. writer, seq }
for i = 1, n do
  local s, data = sections[i], ARGV[FIRST + 2 * i - 1]
  if is_outside(i) then
    content_drop(k, s.id)
  else
    put(s, offsets[i] or 0, data, sealed or modes[i] == 'R')
  end
  if meta[2] == '1' then
    local c = #change
    change[c + 1], change[c + 2], change[c + 3], change[c + 4] = s.id, whole(offsets[i] or 0), sealed and 'e' or 'd',
      sealed and stamp .. data or data
  end
end
for i = 1, n do
  local s = sections[i]
  if (s.content or s.ranges) and not s.stored then
    store(s, sets)
  end
  if s.patched or s.ranges then
    mark = ''
  end
end
sets[#sets + 1], sets[#sets + 2] = 'v', mark
sliced('HSET', k.data, sets)
if meta[2] == '1' then
  announce(k, writer, change)
end
return { 'OK', sections[1].large and 1 or 0, mark ~= '' and 1 or 0 }
