-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | remove what has expired, some at a time
local k = section_keys()
local ids = call('ZRANGEBYSCORE', k.index, '-inf', whole(now_us()), 'LIMIT', 0, 100)
for _, id in ipairs(ids) do
  section_drop(k, id, '')
end
return { 'OK', #ids }
