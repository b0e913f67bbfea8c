-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV ids
-- Remove what a transaction left: values beside sections that are not there, places that
-- were only kept, and own keys of sections that are one value again.
local k = section_keys()
for _, id in ipairs(ARGV) do
  if not call('ZSCORE', k.index, id) then
    content_drop(k, id)
  elseif call('HSTRLEN', k.data, 's:' .. id) == 0 then
    call('HDEL', k.data, 's:' .. id)
  elseif call('HEXISTS', k.large, id) == 1 then
    large_drop(k, id)
  end
end
is_gone(k)
return { 'OK' }
