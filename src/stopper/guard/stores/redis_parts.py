"""The functions that the scripts of Redis are made of, in Lua.

They know the keys that :mod:`~stopper.guard.stores.redis_scripts` lists.
"""

from __future__ import annotations

#: The epoch that sessions have to be of.
EPOCH = """
local epoch = redis.call('GET', 'stopper:e') or '0'
"""

#: What a session holds, and that only while it lives. After `EPOCH`.
READ = """
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

#: The id of the session that this one leads to, until when it opens it, and whether it
#: does not any more. In one step, however many ids the session has had: who could make
#: the way long would hold up Redis for everybody.
LAST = """
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

#: Ends a session, and says 1 if it was alive by its epoch, else 0. After `EPOCH`.
END = """
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

#: How long a key lives, in milliseconds. Redis counts that by its own clock, the app
#: says by its own when a session expires. So what is passed is how long, not until
#: when, with a second to spare.
TTL = """
local function ttl(from, to)
    return string.format('%d', math.max(0, tonumber(to) - tonumber(from)) * 1000 + 1000)
end
"""

#: Writes a session, and its id where those of its user are. After `EPOCH`.
#:
#: The index loses what is past and gone. Not all that is past by the clock of this
#: machine alone: were that ahead, a session would live on and be nobody's.
WRITE = (
    TTL
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

#: Takes from a counter: the same as gcra() in base.py, line by line.
TAKE = """
local function take(key, interval, burst, cost, now)
    local span = interval * burst
    local arrival = tonumber(redis.call('GET', key) or now)
    local base = math.min(math.max(arrival, now), now + span)
    local new = math.max(base + interval * cost, now)
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
