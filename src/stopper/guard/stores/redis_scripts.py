"""What Redis is asked to do: one script a method, so one round trip each.

A script runs alone (https://redis.io/docs/latest/develop/programmability/eval-intro/),
so what it reads is still so when it writes. Its keys:

``stopper:s:ID``
    A session, a hash: data, user, created, seen, ends, expires, version, epoch, line.
``stopper:h:ID``
    What an id that was replaced leads to: until when, the version that the session had
    under it, and the line.
``stopper:l:LINE``
    The ids of one session, called after the first: the last version whose id is dead,
    and the id that it has.
``stopper:u:USER``
    The ids of the sessions of a user, by when they end.
``stopper:t:KEY``
    The theoretical arrival time of a counter.
``stopper:e``
    The epoch. A session of another one is dead: all of them end by one increment.

The names are made in the scripts, from ids that a pointer leads to, so that a cluster,
which has to know them before, cannot run them.
"""

from __future__ import annotations

import dataclasses
import hashlib

from . import redis_parts as parts


@dataclasses.dataclass(frozen=True, slots=True)
class Script:
    """A script, as it is asked for.

    :param remembered: By the hash under which Redis keeps it, packed.
    :param whole: By its text, packed.
    """

    remembered: bytes
    whole: bytes


def _script(*pieces: str) -> Script:
    text = "".join(pieces).encode()
    # Redis names scripts so; nothing is protected by it.
    sha = hashlib.sha1(text, usedforsecurity=False).hexdigest().encode()
    return Script(_packed(b"EVALSHA", sha), _packed(b"EVAL", text))


def _packed(word: bytes, script: bytes) -> bytes:
    # 0: no names of keys are passed on their own.
    return b"".join([b"$%d\r\n%b\r\n" % (len(w), w) for w in (word, script, b"0")])


#: Id, now, and the time of takes, empty for the clock of Redis; then the key, interval,
#: burst and cost of each take. Returns the session, 0 if there is none or 2 if the id
#: was used after its grace; then wait, left and reset of each take.
TRIP = _script(
    parts.EPOCH,
    parts.READ,
    parts.LAST,
    parts.END,
    parts.TAKE,
    """
local function session(id, now)
    if id == '' then return 0 end
    local found = live(id, now)
    if found then return found end
    local heir, till, dead = last(id)
    if not till or dead then return 0 end
    found = live(heir, now)
    if found and now > till then return over(heir) * 2 end
    return found or 0
end
local answer = {session(ARGV[1], tonumber(ARGV[2]))}
if #ARGV == 3 then return answer end
local now = tonumber(ARGV[3])
if not now then
    local time = redis.call('TIME')
    now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
for at = 4, #ARGV, 4 do
    local wait, left, reset = take('stopper:t:' .. ARGV[at], tonumber(ARGV[at + 1]),
        tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), now)
    answer[#answer + 1] = wait
    answer[#answer + 1] = left
    answer[#answer + 1] = reset
end
return answer
""",
)

#: Id, the expected version or nothing, and the record.
PUT = _script(
    parts.EPOCH,
    parts.READ,
    parts.WRITE,
    """
local id, expected = ARGV[1], ARGV[2]
local found = kept(id)
if (found and found[7] or '') ~= expected then return 0 end
if found and found[2] ~= ARGV[4] and found[2] ~= '' then
    redis.call('ZREM', 'stopper:u:' .. found[2], id)
end
write(id, string.format('%d', (tonumber(expected) or 0) + 1), 3)
return 1
""",
)

#: The old id, the expected version, until when the old id leads to the new one, now,
#: the new id, and the record.
REPLACE = _script(
    parts.EPOCH,
    parts.READ,
    parts.END,
    parts.WRITE,
    """
local old, expected, till, now, new = unpack(ARGV, 1, 5)
local found = live(old, tonumber(now))
if not found or found[7] ~= expected or old == new then return 0 end
local name = redis.call('HGET', 'stopper:s:' .. old, 'l') or old
local line = redis.call('GET', 'stopper:l:' .. name)
local dead = line and string.match(line, '^%d+') or '0'
local lasting = ttl(now, ARGV[10])
over(old)
write(new, string.format('%d', tonumber(expected) + 1), 6)
if tonumber(till) == 0 then
    -- Of nobody's session no old id leads anywhere.
    if found[2] == '' then return 1 end
    dead = expected
end
redis.call('HSET', 'stopper:s:' .. new, 'l', name)
redis.call('SET', 'stopper:l:' .. name, dead .. ' ' .. new, 'PX', lasting)
redis.call('SET', 'stopper:h:' .. old, till .. ' ' .. expected .. ' ' .. name,
    'PX', lasting)
return 1
""",
)

#: Id, seen, expires.
TOUCH = _script(
    parts.TTL,
    """
local key, seen, expires = 'stopper:s:' .. ARGV[1], ARGV[2], ARGV[3]
local found = redis.call('HMGET', key, 's', 'x', 'n')
if not found[1] then return 0 end
if tonumber(expires) > tonumber(found[3]) then expires = found[3] end
if tonumber(seen) > tonumber(found[1]) then
    redis.call('HSET', key, 's', seen)
end
if tonumber(expires) > tonumber(found[2]) then
    redis.call('HSET', key, 'x', expires)
    redis.call('PEXPIRE', key, ttl(seen, expires))
end
return 1
""",
)

#: Id, and whose it has to be or nothing.
END = _script(
    parts.EPOCH,
    parts.LAST,
    parts.END,
    """
local id = last(ARGV[1])
if ARGV[2] ~= '' and redis.call('HGET', 'stopper:s:' .. id, 'u') ~= ARGV[2] then
    return 0
end
return over(id)
""",
)

#: User and now. Returns the sessions.
OF = _script(
    parts.EPOCH,
    parts.READ,
    """
local answer = {}
for _, id in ipairs(redis.call('ZRANGE', 'stopper:u:' .. ARGV[1], 0, -1)) do
    local found = live(id, tonumber(ARGV[2]))
    if found then answer[#answer + 1] = found end
end
return answer
""",
)

#: User, and the id of the session that stays or nothing.
END_ALL = _script(
    parts.EPOCH,
    parts.LAST,
    parts.END,
    """
local spared = last(ARGV[2])
local index = 'stopper:u:' .. ARGV[1]
local count = 0
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    if id ~= spared then
        count = count + over(id)
        redis.call('ZREM', index, id)
    end
end
return count
""",
)

#: Ends every session at once.
END_EVERYTHING = _script("""
return redis.call('INCR', 'stopper:e')
""")

#: Where to go on. Forgets sessions of past epochs; returns where to go on, and how many.
FORGET = _script(
    parts.EPOCH,
    """
local found = redis.call('SCAN', ARGV[1], 'MATCH', 'stopper:s:*', 'COUNT', 1000)
local count = 0
for _, key in ipairs(found[2]) do
    if redis.call('HGET', key, 'e') ~= epoch then
        count = count + redis.call('UNLINK', key)
    end
end
return {found[1], count}
""",
)

#: Writes, reads and removes something.
PROBE = _script("""
redis.call('SET', 'stopper:probe', '1', 'PX', 1000)
return redis.call('UNLINK', 'stopper:probe')
""")
