-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta, data, index, feed | ARGV mark
-- Nothing that matters to the vector with this mark was changed since it was written: move
-- the data to where the rest of the transaction writes to, and from where it moves it back.
-- Alone, without common.lua: to be quick is all that this is for.
local call = redis.call
if call('HGET', KEYS[2], 'v') == ARGV[1] and call('EXISTS', KEYS[1]) == 1 then
  call('RENAME', KEYS[2], KEYS[2] .. ':moved')
  return 1
end
return 0
