-- SPDX-License-Identifier: Apache-2.0
-- KEYS meta | the number of the next generated section
if call('EXISTS', KEYS[1]) == 0 then
  return { 'GONE' }
end
return { 'OK', call('HINCRBY', KEYS[1], 'generated', 1) - 1 }
