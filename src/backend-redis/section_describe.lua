-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV ids
-- Per id: its end, its stamp and its size; an empty end: it is not there.
local k = section_keys()
if is_gone(k) then
  return { 'GONE' }
end
local now, out = now_us(), { 'OK' }
for _, id in ipairs(ARGV) do
  local ends = section_end(k, id, now)
  local value = ends and call('HGET', k.data, 's:' .. id) or ''
  local n = #out
  out[n + 1], out[n + 2], out[n + 3] = ends or '', value:sub(1, 24), #value
end
return out
