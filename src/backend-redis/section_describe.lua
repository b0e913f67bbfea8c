-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV whether all of a sealed value is wanted, ids
-- Per id: its end, its stamp or its value, the value's size; an empty end: it is not there.
-- Values of more than MOST bytes together end the answer early.
local MOST = 1048576
local k = section_keys()
if is_gone(k) then
  return { 'GONE' }
end
local now, out, bytes = now_us(), { 'OK' }, 0
for i = 2, #ARGV do
  local id = ARGV[i]
  local ends = section_end(k, id, now)
  local value, n = ends and call('HGET', k.data, 's:' .. id), #out
  out[n + 1], out[n + 2], out[n + 3] = ends or '', '', 0
  if value then
    local all = ARGV[1] == '1' and is_sealed(value)
    out[n + 2], out[n + 3] = all and value or value:sub(1, STAMP), #value
    bytes = bytes + (all and #value or 0)
  elseif ends then
    local size = call('STRLEN', large_key(k, id))
    if size > 0 then
      out[n + 2], out[n + 3] = call('HGET', k.large, id) or '', STAMP + size
    end
  end
  if bytes > MOST then
    break
  end
end
return out
