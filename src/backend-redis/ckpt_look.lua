-- SPDX-License-Identifier: Apache-2.0
-- KEYS name | ARGV instance (empty: the current one)
-- Which instance has the name, and who has it open.
local k = ARGV[1] ~= '' and keys_of(KEYS[1], ARGV[1]) or instance(KEYS[1], now_us())
if not k then
  return { 'ABSENT' }
end
return { 'OK', k.id, unpack(holders(k)) }
