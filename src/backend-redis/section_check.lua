-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV ids
-- A second look: which sections are not there, and reclaim what is left of them.
local k = section_keys()
if is_gone(k) then
  return { 'GONE' }
end
for i, id in ipairs(ARGV) do
  if not section_end(k, id) then
    content_drop(k, id)
    return { 'ABSENT', i - 1 }
  end
end
return { 'OK' }
