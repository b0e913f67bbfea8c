-- SPDX-License-Identifier: Apache-2.0
-- KEYS process | ARGV life in ms, host, pid, start, node, beat
-- Says whether the sign of life was there before.
local there = call('EXISTS', KEYS[1])
call('HSET', KEYS[1], 'host', ARGV[2], 'pid', ARGV[3], 'start', ARGV[4], 'node', ARGV[5],
     'beat', ARGV[6], 'seen_us', whole(now_us()))
call('PEXPIRE', KEYS[1], ARGV[1])
return { 'OK', there }
