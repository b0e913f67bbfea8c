-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta | a real write, for WAIT to wait for
if call('EXISTS', KEYS[1]) == 0 then
  return { 'GONE' }
end
call('HINCRBY', KEYS[1], 'synced', 1)
return { 'OK' }
