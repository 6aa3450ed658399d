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

Redis counts the time to live of a key by its own clock, the app says by its own when a
session expires. So what is passed is how long, not until when, with a second to spare.
"""

from __future__ import annotations

import dataclasses
import hashlib

_EPOCH = """
local epoch = redis.call('GET', 'stopper:e') or '0'
"""

_READ = """
local function kept(id)
    local found = redis.call(
        'HMGET', 'stopper:s:' .. id, 'd', 'u', 'c', 's', 'n', 'x', 'v', 'e')
    if found[8] == epoch then
        found[8] = id
        return found
    end
end
local function live(id, now)
    local found = kept(id)
    if found and now < tonumber(found[5]) and now < tonumber(found[6]) then
        return found
    end
end
"""

# The id of the session that this one leads to, until when it opens it, and whether it
# does not any more. In one step, however many ids the session has had: who could make
# the way long would hold up Redis for everybody.
_LAST = """
local function last(id)
    local heir = redis.call('GET', 'stopper:h:' .. id)
    if not heir then return id end
    local till, version, name = string.match(heir, '^(%S+) (%d+) (.*)$')
    local line = redis.call('GET', 'stopper:l:' .. name)
    if not line then return id end
    local dead, now = string.match(line, '^(%d+) (.*)$')
    return now, tonumber(till), tonumber(version) <= tonumber(dead)
end
"""

_END = """
local function over(id)
    local found = redis.call('HMGET', 'stopper:s:' .. id, 'u', 'e', 'l')
    if not found[1] then return 0 end
    redis.call('UNLINK', 'stopper:s:' .. id)
    if found[3] then redis.call('UNLINK', 'stopper:l:' .. found[3]) end
    if found[1] ~= '' then
        redis.call('ZREM', 'stopper:u:' .. found[1], id)
    end
    return found[2] == epoch and 1 or 0
end
"""

_TTL = """
local function ttl(from, to)
    return string.format('%d', math.max(0, tonumber(to) - tonumber(from)) * 1000 + 1000)
end
"""

# The index loses what is past and gone. Not all that is past by the clock of this
# machine alone: were that ahead, a session would live on and be nobody's.
_WRITE = (
    _TTL
    + """
local function write(id, version, at)
    local d, u, c, s, n, x = unpack(ARGV, at, at + 5)
    local key = 'stopper:s:' .. id
    redis.call('HSET', key, 'd', d, 'u', u, 'c', c, 's', s, 'n', n, 'x', x,
        'v', version, 'e', epoch)
    redis.call('PEXPIRE', key, ttl(s, x))
    if u == '' then return end
    local index = 'stopper:u:' .. u
    for _, past in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', s)) do
        if redis.call('EXISTS', 'stopper:s:' .. past) == 0 then
            redis.call('ZREM', index, past)
        end
    end
    redis.call('ZADD', index, n, id)
    local lasting = ttl(s, n)
    if redis.call('PTTL', index) < tonumber(lasting) then
        redis.call('PEXPIRE', index, lasting)
    end
end
"""
)

# The same as gcra() in base.py, line by line.
_TAKE = """
local function take(key, interval, burst, cost, now)
    local span = interval * burst
    local arrival = tonumber(redis.call('GET', key) or now)
    local base = math.min(math.max(arrival, now), now + span)
    local new = base + interval * cost
    local room = now + span - new
    local wait, reset = 0, new - now
    if room < -1e-9 then
        wait, room, reset = -room, now + span - base, base - now
    else
        redis.call('SET', key, string.format('%.17g', new),
            'PX', string.format('%d', reset * 1000 + 10000))
    end
    local left = math.max(0, math.floor(room / interval + 1e-9))
    return string.format('%.17g', wait), left, string.format('%.17g', reset)
end
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Script:
    """A script, as it is asked for.

    :param remembered: By the hash under which Redis keeps it, packed.
    :param whole: By its text, packed.
    """

    remembered: bytes
    whole: bytes


def _script(*parts: str) -> Script:
    text = "".join(parts).encode()
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
    _EPOCH,
    _READ,
    _LAST,
    _END,
    _TAKE,
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
    _EPOCH,
    _READ,
    _WRITE,
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
    _EPOCH,
    _READ,
    _END,
    _WRITE,
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
    _TTL,
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
    _EPOCH,
    _LAST,
    _END,
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
    _EPOCH,
    _READ,
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
    _EPOCH,
    _LAST,
    _END,
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
    _EPOCH,
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
