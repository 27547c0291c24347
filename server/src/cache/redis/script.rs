//! The Lua scripts. Redis runs each as one step, with nothing else in between.

use redis::{Cmd, ToRedisArgs};

/// The scripts, with their hashes computed once.
pub(super) struct Scripts {
    pub(super) fill: Script,
    pub(super) confirmed: Script,
    pub(super) advance: Script,
    pub(super) join: Script,
}

/// A script, and the hash by which Redis knows it.
pub(super) struct Script {
    code: &'static str,
    hash: String,
}

/// A script with its keys and arguments.
pub(super) struct Call<'a> {
    script: &'a Script,
    keys: Vec<String>,
    arguments: Vec<Vec<u8>>,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            fill: Script::new(FILL),
            confirmed: Script::new(CONFIRMED),
            advance: Script::new(ADVANCE),
            join: Script::new(JOIN),
        }
    }
}

impl Script {
    fn new(code: &'static str) -> Self {
        Self { code, hash: redis::Script::new(code).get_hash().to_owned() }
    }

    pub(super) const fn call(&self) -> Call<'_> {
        Call { script: self, keys: Vec::new(), arguments: Vec::new() }
    }
}

impl Call<'_> {
    pub(super) fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }

    pub(super) fn arg(mut self, argument: impl ToRedisArgs) -> Self {
        argument.write_redis_args(&mut self.arguments);
        self
    }

    pub(super) fn by_hash(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    pub(super) fn by_code(&self) -> Cmd {
        self.command("EVAL", self.script.code)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.arguments);
        command
    }
}

/// Keys: control, record. Arguments: the ticket's control, revision, instant, JSON, seconds to live.
const FILL: &str = r"
local now_life, now_changes = string.match(redis.call('GET', KEYS[1]) or '', '^(%x+) (%d+) ')
local life, changes = string.match(ARGV[1], '^(%x+) (%d+) ')
if life ~= now_life then return 'other life' end
local kept = '-'
if life and changes == now_changes then kept = life end
local revision = tonumber(ARGV[2])
local present, kept_in = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+) %d+ (%S+) ')
if present then
  if tonumber(present) > revision then return 'newer' end
  if tonumber(present) == revision and kept_in == life then kept = life end
end
redis.call('SET', KEYS[2], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. kept .. ' ' .. ARGV[4], 'EX', ARGV[5])
return 'written'
";

/// Keys: control.
const CONFIRMED: &str = r"
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
return {redis.call('GET', KEYS[1]) or '', run or ''}
";

/// Keys: control, feed, then that of each record. Arguments: the ticket's control, the name of a new life or nothing,
/// position, instant, seconds to live, length of the feed, then revision and JSON of each record. Tells the control
/// after the step.
///
/// The count of changes is moved on before the first record is written: should Redis break off in between (out of
/// memory), no fill of an older look-up counts as kept, and the old confirmation stays. The feed comes last: what is in
/// it has been done.
///
/// A step that changes nothing, since another relay confirmed the same second, is none: many nodes cost no more than one.
const ADVANCE: &str = r"
local control = redis.call('GET', KEYS[1]) or ''
local life, changes, life_run, steps = string.match(control, '^(%x+) (%d+) (%S+) (%d+) ')
if control ~= ARGV[1] then
  if life and life == string.match(ARGV[1], '^(%x+) ') then return {'newer', ''} end
  return {'other life', ''}
end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local old = string.match(control, '(%d+ %d+)$') or '0 0'
local new = ARGV[3] .. ' ' .. ARGV[4]
local from = string.match(old, '^%d+')
if ARGV[2] ~= '' then
  life, changes, steps, from = ARGV[2], '0', '0', ARGV[3]
elseif life_run ~= run then
  return {'other life', ''}
elseif #KEYS == 2 and old == new then
  return {'written', control}
end
if #KEYS > 2 then
  changes = string.format('%d', changes + 1)
  redis.call('SET', KEYS[1], life .. ' ' .. changes .. ' ' .. run .. ' ' .. steps .. ' ' .. old)
end
local feed = {'XADD', KEYS[2], 'MAXLEN', ARGV[6], '*', 'from', from}
for i = 3, #KEYS do
  local revision, json = ARGV[2 * i + 1], ARGV[2 * i + 2]
  local present = string.match(redis.call('GET', KEYS[i]) or '', '^(%d+) ')
  if not present or tonumber(present) <= tonumber(revision) then
    redis.call('SET', KEYS[i], revision .. ' ' .. ARGV[4] .. ' ' .. life .. ' ' .. json, 'EX', ARGV[5])
  end
  feed[#feed + 1] = 'record'
  feed[#feed + 1] = json
end
steps = string.format('%d', steps + 1)
control = life .. ' ' .. changes .. ' ' .. run .. ' ' .. steps .. ' ' .. new
redis.call('SET', KEYS[1], control)
feed[#feed + 1] = 'control'
feed[#feed + 1] = control
redis.call(unpack(feed))
return {'written', control}
";

/// Keys: control, feed. Tells the control, and the place in the feed after which the steps after it are.
const JOIN: &str = r"
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
return {redis.call('GET', KEYS[1]) or '', last[1] and last[1][1] or '0-0'}
";
