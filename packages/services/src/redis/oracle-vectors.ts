import { scripts } from './lua/oracle-scripts.ts'

const L = (script: string) =>
  script
    .split('|')
    .map((line) => `${line}\r\n`)
    .join('')

/** Scripts without keys, as RESP. */
const E = (scripts: readonly string[]) =>
  scripts.map((script) => `*3\r\n$4\r\nEVAL\r\n$${script.length}\r\n${script}\r\n$1\r\n0\r\n`).join('')

/** Scripted conversations that daemon and service must answer alike; `|` stands for a line end. latin1. */
export const vectors: Readonly<Record<string, string>> = {
  ping: L('PING|PING hello|PING a b|ECHO hi|ECHO|ping'),
  unknown: L(`FOO|FOO a b c|foo "x y" z|${'A'.repeat(200)} ${'b'.repeat(200)} c`),
  inlineBad: L('SET a "b'),
  inlineEmpty: L('||PING'),
  inlineHuge: 'A'.repeat(70000),
  multibad: '*3\r\n$3\r\nSET\r\n+a\r\n',
  multibad2: '*-1\r\nPING\r\n',
  multibig: '*1048577\r\n',
  multibig2: '*99999999999\r\n',
  bulkneg: '*1\r\n$-1\r\n',
  bulkbig: '*1\r\n$536870913\r\n',
  bulkjunk: '*1\r\n$abc\r\n',
  multijunk: '*abc\r\n',
  bulkhuge: `*1\r\n$${'1'.repeat(70000)}`,
  zero: '*0\r\nPING\r\n',
  http: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  post: 'POST / HTTP/1.1\r\nHost: x\r\n\r\n',
  str: L(
    'SET k v|GET k|GET|SET k|SET k v EX|SET k v EX abc|SET k v EX 0|SET k v NX|SET k2 v NX|SET k3 v XX|SET k v FOO|SET k w GET|GETSET k x|GETDEL k|GETEX k2 EX 10|TTL k2|PTTL nope|TTL nope|APPEND a b|APPEND a cc|STRLEN a|SETRANGE a 1 zz|GETRANGE a 0 -1|INCR a|INCR n|INCRBY n 5|DECR n|DECRBY n 2|INCRBYFLOAT n 1.5|MSET a 1 b 2|MSET a|MGET a b c|MSETNX a 1 z 2|SETEX q 10 v|SETEX q 0 v|SETEX q x v|PSETEX q 1000 v|SETNX q 1|SETNX qq 1|EXISTS a b nope a|DEL a nope|UNLINK b|TYPE q|TYPE nope|EXPIRE q 100|EXPIRE nope 1|PERSIST q|RENAME q r|RENAME nope r|RENAMENX r qq|COPY r rr|TOUCH r rr|RANDOMKEY x|KEYS|DBSIZE|OBJECT ENCODING r|OBJECT REFCOUNT r|OBJECT FREQ r|OBJECT HELP|OBJECT FOO|OBJECT ENCODING nope|FLUSHALL|DBSIZE|KEYS *|SCAN 0|SCAN abc|SCAN 0 MATCH|FLUSHDB ASYNC|FLUSHALL FOO',
  ),
  list: L(
    'RPUSH l a b c|LPUSH l z|LRANGE l 0 -1|LLEN l|LPOP l|RPOP l|LPOP l 2|LINDEX l 0|LSET l 0 x|LSET nope 0 x|LREM l 0 x|RPUSHX nope a|LTRIM l 0 0|LRANGE l a b|GET l|RPUSH l a|GET l|TYPE l|LPOP nope|LPOP nope 2|RPOPLPUSH l m|LINSERT m BEFORE a q|DEL l m',
  ),
  hash: L(
    'HSET h a 1 b 2|HSET h a|HGET h a|HGETALL h|HKEYS h|HVALS h|HLEN h|HDEL h a|HEXISTS h b|HMSET h c 3|HMGET h b zz|HINCRBY h b 2|HINCRBY h zz x|HSETNX h b 1|HSTRLEN h b|HSCAN h 0|HRANDFIELD nope|LPUSH h x|TYPE h|DEL h',
  ),
  set: L(
    'SADD s a b c|SADD s a|SCARD s|SISMEMBER s a|SMEMBERS nope|SREM s a|SPOP nope|SMISMEMBER s b zz|SADD i 1 2 3|SMEMBERS i|SINTER s i|SUNION i nope|SDIFF i nope|OBJECT ENCODING i|OBJECT ENCODING s|SSCAN i 0|DEL s i',
  ),
  zset: L(
    'ZADD z 1 a 2 b|ZADD z x a|ZRANGE z 0 -1|ZRANGE z 0 -1 WITHSCORES|ZSCORE z a|ZSCORE z q|ZCARD z|ZRANK z b|ZREM z a|ZINCRBY z 1.5 b|ZREVRANGE z 0 -1|ZRANGEBYSCORE z -inf +inf|ZCOUNT z 0 10|ZADD z NX 1 b|DEL z',
  ),
  server: L(
    'AUTH|AUTH x|AUTH a b|AUTH default x|AUTH a b c|SELECT 1|SELECT 16|SELECT abc|SELECT 0|CLIENT ID x|CLIENT GETNAME|CLIENT SETNAME foo|CLIENT GETNAME|CLIENT SETNAME "a b"|CLIENT FOO|CLIENT|CLIENT KILL 1.2.3.4:5|CLIENT NO-EVICT on|CLIENT REPLY ON|CLIENT TRACKINGINFO|CLIENT SETINFO lib-name x|COMMAND COUNT|COMMAND FOO|COMMAND INFO nope|COMMAND DOCS nope|COMMAND GETKEYS get a|LASTSAVE x|SAVE x|BGSAVE x|DEBUG|DEBUG SLEEP 0|DEBUG FOO|DEBUG OBJECT x|SLOWLOG LEN|SLOWLOG GET|SLOWLOG RESET|SLOWLOG FOO|MEMORY USAGE nope|MEMORY DOCTOR|MEMORY FOO|ACL WHOAMI|ACL LIST|ACL USERS|ACL CAT foo|ACL FOO|ACL GETUSER nope|MODULE LIST|MODULE LOAD /tmp/x.so|MODULE LOAD|MODULE FOO|MODULE UNLOAD x|LATENCY LATEST|LATENCY FOO|CLUSTER INFO|CLUSTER NODES|SENTINEL masters|ROLE|WAIT 0 0|PUBLISH c m|PUBSUB CHANNELS|PUBSUB NUMSUB a|PUBSUB NUMPAT|READONLY|ASKING|TIME x|SWAPDB 0 1|MIGRATE a|RESTORE a 0 x|DUMP nope|OBJECT|XADD|XLEN nope|PFADD hll a|GEOADD|SETBIT bits 7 1|GETBIT bits 7|BITCOUNT bits|SORT nope|LCS a b|HELP|INFO foo',
  ),
  lua: E(['return redis.call("flushall")', ...scripts]),
  luaArguments: L(
    'EVAL "return {KEYS[1],KEYS[2],ARGV[1],ARGV[2]}" 2 a b c d|EVAL "return redis.call(\'set\',KEYS[1],ARGV[1])" 1 kk vv|EVAL "return #ARGV" 0 x y|EVAL_RO "return redis.call(\'set\',\'a\',1)" 0|SCRIPT LOAD "return 1+"|SCRIPT LOAD "return 2"|DEL kk',
  ),
  eval: L(
    'EVAL "return 1" 0|EVAL "return redis.call(\'ping\')" 0|EVAL "x" 0|EVAL|EVAL "return 1" a|EVAL "return 1" -1|EVAL "return 1" 1|EVALSHA abc 0|EVALSHA 0123456789012345678901234567890123456789 0|SCRIPT LOAD "return 1"|SCRIPT EXISTS a|SCRIPT FLUSH|SCRIPT FOO|EVAL "return {1,2,\'a\'}" 0|EVAL "return KEYS[1]" 1 k|EVAL "return os.execute(\'id\')" 0|EVAL "local io_l = package.loadlib(\'/usr/lib/x86_64-linux-gnu/liblua5.1.so.0\', \'luaopen_io\'); local io = io_l(); return 1" 0|FUNCTION LIST|FCALL x 0',
  ),
  config: L(
    'CONFIG|CONFIG GET dir|CONFIG GET dbfilename|CONFIG GET requirepass|CONFIG GET nope|CONFIG SET|CONFIG SET nope 1|CONFIG SET maxmemory abc|CONFIG SET maxmemory 1mb|CONFIG GET maxmemory|CONFIG SET dir /nonexistent|CONFIG SET dir /tmp|CONFIG SET dbfilename a/b|CONFIG SET dbfilename dump.rdb|CONFIG SET save ""|CONFIG GET save|CONFIG SET stop-writes-on-bgsave-error no|CONFIG SET rdbcompression no|CONFIG SET slave-read-only no|CONFIG GET slave-read-only||CONFIG SET daemonize yes|CONFIG SET protected-mode no|CONFIG RESETSTAT|CONFIG FOO|CONFIG SET maxclients 0|CONFIG SET databases 3|CONFIG SET timeout 10|CONFIG SET timeout 0|CONFIG SET appendonly maybe|CONFIG SET loglevel foo|CONFIG HELP',
  ),
  repl: L('SLAVEOF NO ONE|SLAVEOF a|SLAVEOF 127.0.0.1 abc|REPLICAOF no one|REPLCONF listening-port 1|PSYNC|FAILOVER'),
  hello: L(
    'HELLO 2|HELLO 4|HELLO abc|HELLO 3|PING|GET nope|HGETALL nope|CONFIG GET dir|CLIENT TRACKINGINFO|HELLO 2 AUTH default x|HELLO 2 SETNAME a|RESET|PING|QUIT|PING',
  ),
  pubsub: L('SUBSCRIBE a b|PSUBSCRIBE x*|PING|PING x|GET a|UNSUBSCRIBE a|UNSUBSCRIBE|PUNSUBSCRIBE|GET a|SUBSCRIBE'),
  multi: L(
    'MULTI|SET a b|GET a|EXEC|EXEC|MULTI|FOO|EXEC|MULTI|MULTI|DISCARD|DISCARD|WATCH a|UNWATCH|MULTI|SUBSCRIBE a|WATCH a|DISCARD|DEL a',
  ),
  arity: L(
    'GET a b|SET|DEL|MGET|HSET a|CONFIG GET|CLIENT SETNAME|SELECT|EXPIRE a|EXPIRE a b|LPUSH a|ECHO a b|DBSIZE x|FLUSHALL a b|MONITOR x|SHUTDOWN foo|SHUTDOWN a b c|SUBSCRIBE|OBJECT ENCODING|QUIT x',
  ),
}
