//! The Lua scripts. Redis runs each as one step, with nothing else in between.

use redis::Script;

/// The scripts, with their hashes computed once.
pub(super) struct Scripts {
    pub(super) fill: Script,
    pub(super) confirmed: Script,
    pub(super) advance: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self { fill: Script::new(FILL), confirmed: Script::new(CONFIRMED), advance: Script::new(ADVANCE) }
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

/// Keys: control, then that of each record. Arguments: the ticket's control, the name of a new life or nothing, position,
/// instant, seconds to live, then revision and JSON of each record.
///
/// The count of changes is moved on before the first record is written: should Redis break off in between (out of
/// memory), no fill of an older look-up counts as kept, and the old confirmation stays.
const ADVANCE: &str = r"
local control = redis.call('GET', KEYS[1]) or ''
local life, changes, life_run, steps = string.match(control, '^(%x+) (%d+) (%S+) (%d+) ')
if control ~= ARGV[1] then
  if life and life == string.match(ARGV[1], '^(%x+) ') then return 'newer' end
  return 'other life'
end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if ARGV[2] ~= '' then
  life, changes, steps = ARGV[2], '0', '0'
elseif life_run ~= run then
  return 'other life'
end
if #KEYS > 1 then
  changes = string.format('%d', changes + 1)
  local old = string.match(control, '(%d+ %d+)$') or '0 0'
  redis.call('SET', KEYS[1], life .. ' ' .. changes .. ' ' .. run .. ' ' .. steps .. ' ' .. old)
end
for i = 2, #KEYS do
  local revision, json = ARGV[2 * i + 2], ARGV[2 * i + 3]
  local present = string.match(redis.call('GET', KEYS[i]) or '', '^(%d+) ')
  if not present or tonumber(present) <= tonumber(revision) then
    redis.call('SET', KEYS[i], revision .. ' ' .. ARGV[4] .. ' ' .. life .. ' ' .. json, 'EX', ARGV[5])
  end
end
steps = string.format('%d', steps + 1)
redis.call('SET', KEYS[1], life .. ' ' .. changes .. ' ' .. run .. ' ' .. steps .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
return 'written'
";
