-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV first rank, ranks, whether the caller seals
-- Counts, and the bytes of one page of the index.
local k = section_keys()
local m = call('HMGET', k.meta, 'retention', 'sealed')
local retention, sealed = m[1], m[2] or ARGV[3] == '1'
if not retention then
  return { 'GONE' }
end
local now = now_us()
local first, ranks = tonumber(ARGV[1]), tonumber(ARGV[2])
local page = call('ZRANGE', k.index, first, first + ranks - 1, 'WITHSCORES')
local bytes = 0

-- The size of a content; a sealed one has to be looked at.
local function size(id)
  local len = call('HSTRLEN', k.data, 's:' .. id)
  if len == 0 then
    return call('STRLEN', large_key(k, id))
  end
  return sealed and content_size(call('HGET', k.data, 's:' .. id)) or math.max(len - STAMP, 0)
end

for i = 1, #page, 2 do
  if page[i + 1] == 'inf' or tonumber(page[i + 1]) > now then
    bytes = bytes + size(page[i])
  end
end
local named = call('ZCARD', k.index) - call('ZCOUNT', k.index, '-inf', whole(now))
if call('ZSCORE', k.index, '') then
  named = named - 1
end
return { 'OK', retention, named, whole(bytes), #page / 2 }
