-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV first rank, ranks
-- Counts, and the bytes of one page of the index.
local k = section_keys()
local retention = call('HGET', k.meta, 'retention')
if not retention then
  return { 'GONE' }
end
local now = now_us()
local first, ranks = tonumber(ARGV[1]), tonumber(ARGV[2])
local page = call('ZRANGE', k.index, first, first + ranks - 1, 'WITHSCORES')
local bytes = 0
for i = 1, #page, 2 do
  if page[i + 1] == 'inf' or tonumber(page[i + 1]) > now then
    local len = call('HSTRLEN', k.data, 's:' .. page[i])
    bytes = bytes + (len > 0 and math.max(len - STAMP, 0) or call('STRLEN', large_key(k, page[i])))
  end
end
local named = call('ZCARD', k.index) - call('ZCOUNT', k.index, '-inf', whole(now))
if call('ZSCORE', k.index, '') then
  named = named - 1
end
return { 'OK', retention, named, whole(bytes), #page / 2 }
