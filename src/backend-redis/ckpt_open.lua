-- SPDX-License-Identifier: Apache-2.0
-- KEYS name | ARGV process, number of the open, trusted holder, create, ignore retention,
-- six attributes, default section's value, discard, notify, id for a new instance, seals
-- Sent again after a lost answer, it finds its own mark and changes nothing.
local ptr, proc, mine = KEYS[1], ARGV[1], ARGV[1] .. ' ' .. ARGV[2]
local create, ignore_retention = ARGV[4] == '1', ARGV[5] == '1'
local FIRST = 6
local fields = { 'flags', 'max_sections', 'size', 'retention', 'max_section_size', 'max_id_size' }
local now = now_us()
local k = instance(ptr, now)
local created = 0

local function somebody_known(list)
  for _, h in ipairs(list) do
    if h == ARGV[3] or h:sub(1, #proc) == proc then
      return true
    end
  end
  return #list == 0 or call('HEXISTS', k.open, ARGV[3]) == 1
end

if not k then
  if not create then
    return { 'ABSENT' }
  end
  k = keys_of(ptr, ARGV[15])
  call('SET', ptr, k.id)
  for i, field in ipairs(fields) do
    call('HSET', k.meta, field, ARGV[FIRST + i - 1])
  end
  call('HSET', k.meta, 'format', 1, 'created_us', whole(now), 'discard', ARGV[13],
       'notify', ARGV[14])
  if ARGV[12] ~= '' then
    call('HSET', k.data, 's:', ARGV[12], 'v', '')
    call('ZADD', k.index, '+inf', '')
  end
  created = 1
end
local list = holders(k)
if not somebody_known(list) then
  return { 'CHECK', k.id, unpack(list) }
end
local has = call('HMGET', k.meta, 'flags', 'max_sections', 'size', 'retention',
                 'max_section_size', 'max_id_size', 'discard', 'notify', 'sealed')
if create and call('HEXISTS', k.open, mine) == 0 then
  for i = 1, 6 do
    if has[i] ~= ARGV[FIRST + i - 1] and not (i == 4 and ignore_retention) then
      return { 'DIFFERS' }
    end
  end
end
keep(k)
call('HSET', k.open, mine, whole(now))
if ARGV[16] == '1' and not has[9] then
  call('HSET', k.meta, 'sealed', 1)
end
has[9] = has[9] or '0'
return { 'OK', k.id, created, unpack(has) }
