-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV ids
-- Remove the values that were stored beside sections which are not there.
local k = section_keys()
for _, id in ipairs(ARGV) do
  if not call('ZSCORE', k.index, id) then
    call('HDEL', k.data, 's:' .. id)
  end
end
is_gone(k)
return { 'OK' }
