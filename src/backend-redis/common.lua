-- SPDX-License-Identifier: Apache-2.0
-- Put before every script. Numbers that leave a script go through string.format,
-- because ".." keeps only 14 digits.
local call = redis.call
local FOREVER = '9223372036854775807'

-- A stored value begins with a header of STAMP bytes; a sealed one has SEAL more beside
-- its content.
local STAMP = 24
local SEAL = 48

local function is_sealed(value)
  return value:byte(2) == 83 and value:sub(1, 3) == 'CS1'
end

local function content_size(value)
  return math.max(#value - STAMP - (is_sealed(value) and SEAL or 0), 0)
end

local function now_us()
  local t = call('TIME')
  return t[1] * 1000000 + t[2]
end

local function num(s)
  return (s == 'inf' or s == '+inf') and math.huge or tonumber(s)
end

local function whole(n)
  return string.format('%.0f', n)
end

-- The keys of instance id of the checkpoint whose name key is ptr. While a cluster moves
-- them, some are not here: the look fails then, before anything is changed.
local function keys_of(ptr, id)
  local p = ptr .. ':' .. id .. ':'
  local k = { ptr = ptr, id = id, meta = p .. 'meta', data = p .. 'data', index = p .. 'index',
              open = p .. 'open', feed = p .. 'feed', large = p .. 'large' }
  if CLUSTER then
    call('EXISTS', ptr, k.meta, k.data, k.index, k.open, k.feed, k.large)
  end
  return k
end

-- The keys of a section script: meta, data, index, feed.
local function section_keys()
  return { meta = KEYS[1], data = KEYS[2], index = KEYS[3], feed = KEYS[4],
           large = KEYS[1]:sub(1, -5) .. 'large' }
end

-- All keys of an instance, without its name.
local function keys_list(k)
  local list = { k.meta, k.data, k.index, k.feed, k.large, k.open }
  for _, id in ipairs(call('HKEYS', k.large)) do
    list[#list + 1] = k.large .. ':' .. id
  end
  return list
end

local function remove(k)
  for _, key in ipairs(keys_list(k)) do
    call('UNLINK', key)
  end
  if call('GET', k.ptr) == k.id then
    call('DEL', k.ptr)
  end
end

-- Has this request been applied? A writer has one under way at a time.
local function applied(k, writer, seq)
  return call('HGET', k.data, 'w:' .. writer) == seq
end

-- A fenced process says EPOCH:NODE ('': it is not fenced): its node, and how often the role
-- had moved when it took the role (0: it has not). May it not write while node has the role,
-- which has moved epoch times?
local function shut_out(fence, node, epoch)
  local own, name = string.match(fence, '^(%d+):(.*)$')
  if not own or not node then
    return false
  end
  return name ~= node or (own ~= '0' and tonumber(own) < tonumber(epoch or 0))
end

local function fenced(meta, fence)
  local role = fence ~= '' and call('HMGET', meta, 'active_node', 'active_epoch')
  return role and shut_out(fence, role[1], role[2])
end

-- A transaction goes on after its script has refused: HSETNX of a section's content must
-- find its place taken. section_tidy clears it.
local function refuse(k, id)
  if call('ZSCORE', k.index, id) then
    call('HSETNX', k.data, 's:' .. id, '')
  end
end

-- A process that has the instance open no more: its writers go. In a cluster it has some
-- for each server: 00 to 99, a0 to p5.
local function writers_forget(k, proc)
  local fields = {}
  for n = 0, CLUSTER and 255 or 63 do
    local tens = n < 100 and 48 + math.floor(n / 10) or 87 + math.floor(n / 10)
    fields[n + 1] = 'w:' .. proc .. string.char(tens) .. n % 10
  end
  call('HDEL', k.data, unpack(fields))
end

-- Tell the subscribers of a hot-standby checkpoint: entries numbered without a gap, of
-- which about the last thousand stay. change is a flat list, four items per element: id,
-- offset ('-': a delete), 'd', content, or 'e' and a sealed value.
local function announce(k, writer, change)
  for i = 1, #change, 4000 do
    local n = call('HINCRBY', k.meta, 'change', 1)
    call('XADD', k.feed, 'MAXLEN', '~', 1000, whole(n) .. '-0', 'writer', writer,
         unpack(change, i, math.min(i + 3999, #change)))
  end
end

-- A command with any number of arguments after the key, and all that it answers.
local function sliced(command, key, list)
  if #list == 0 then
    return {}
  end
  if #list <= 1000 then
    return call(command, key, unpack(list))
  end
  local out = {}
  for i = 1, #list, 1000 do
    local part = call(command, key, unpack(list, i, math.min(i + 999, #list)))
    for j = 1, type(part) == 'table' and #part or 0 do
      out[i + j - 1] = part[j]
    end
  end
  return out
end

local function large_key(k, id)
  return k.large .. ':' .. id
end

local function large_drop(k, id)
  call('HDEL', k.large, id)
  call('UNLINK', large_key(k, id))
end

local function content_drop(k, id)
  call('HDEL', k.data, 's:' .. id)
  if call('HEXISTS', k.large, id) == 1 then
    large_drop(k, id)
  end
end

-- The first bytes of a section's value, wherever its header lies.
local function section_head(k, id, size)
  local value = call('HGET', k.data, 's:' .. id)
  if not value or value == '' then
    value = call('HGET', k.large, id)
  end
  return (value or ''):sub(1, size)
end

local function has_feed(k)
  return call('HGET', k.meta, 'notify') == '1'
end

-- Something is not as the last vector left it (store-format.md, field v).
local function mark_clear(k)
  if call('HEXISTS', k.data, 'v') == 1 then
    call('HSET', k.data, 'v', '')
  end
end

local function section_drop(k, id, writer)
  call('ZREM', k.index, id)
  mark_clear(k)
  content_drop(k, id)
  if has_feed(k) then
    announce(k, writer, { id, '-', 'd', '' })
  end
end

-- The end of a section that is there, or false; an expired one goes now. The time is asked
-- for when it matters, unless the caller has it.
local function section_end(k, id, now)
  local score = call('ZSCORE', k.index, id)
  if score and score ~= 'inf' and tonumber(score) <= (now or now_us()) then
    section_drop(k, id, '')
    return false
  end
  return score
end

-- The instance is gone; what a late write left of it goes, too.
local function is_gone(k)
  if call('EXISTS', k.meta) == 1 then
    return false
  end
  for _, key in ipairs(keys_list(k)) do
    if key ~= k.meta then
      call('UNLINK', key)
    end
  end
  return true
end

-- Nobody has the instance open since closed_us: remove it, or start its retention.
local function closed(k, closed_us, now)
  local m = call('HMGET', k.meta, 'retention', 'unlinked', 'discard')
  local retention = m[1] or '0'
  local left = tonumber(retention) / 1000 - (now - closed_us)
  if m[2] == '1' or m[3] == '1' or tonumber(retention) < 1000000 or
     (retention ~= FOREVER and left <= 0) then
    remove(k)
    return true
  end
  call('HSET', k.meta, 'closed_us', whole(closed_us))
  if retention ~= FOREVER and left < 1e15 then
    -- only reclaims memory: a second late, so that the next look decides
    local ms = whole(math.ceil(left / 1000) + 1000)
    for _, key in ipairs(keys_list(k)) do
      call('PEXPIRE', key, ms)
    end
    if call('GET', k.ptr) == k.id then
      call('PEXPIRE', k.ptr, ms)
    end
  end
  return false
end

-- The current instance of a name, unless its retention has passed.
local function instance(ptr, now)
  local id = call('GET', ptr)
  if not id then
    return nil
  end
  local k = keys_of(ptr, id)
  local m = call('HMGET', k.meta, 'retention', 'closed_us')
  if not m[1] then
    remove(k)
    return nil
  end
  if m[2] and m[1] ~= FOREVER and tonumber(m[2]) + tonumber(m[1]) / 1000 <= now then
    remove(k)
    return nil
  end
  return k
end

-- Some of those who have the instance open: "PROCESS NUMBER" each.
local function holders(k)
  return call('HRANDFIELD', k.open, 64)
end

local function keep(k)
  if call('HDEL', k.meta, 'closed_us') == 1 then
    for _, key in ipairs(keys_list(k)) do
      call('PERSIST', key)
    end
    if call('GET', k.ptr) == k.id then
      call('PERSIST', k.ptr)
    end
  end
end
