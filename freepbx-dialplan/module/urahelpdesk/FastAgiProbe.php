<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/**
 * Asks a FastAGI server for its script `check`, as Asterisk would. A server of URA Chamados sets URA_RESULT to
 * `checked`, and nothing else comes of it: no record, and nobody hears anything.
 */
final class FastAgiProbe
{
    public const ANSWERS = 'answers';
    public const UNREACHABLE = 'unreachable';
    public const SILENT = 'silent';
    /** It says `failure`, as it would to a call. */
    public const REFUSES = 'refuses';
    public const SOMETHING_ELSE = 'something else';

    private const LINE_BYTES_MAX = 512;
    /** What Asterisk always sends, of a call that is none. */
    private const ENVIRONMENT = [
        'network' => 'yes',
        'network_script' => 'check',
        'request' => 'agi://server/check',
        'channel' => 'URA/self-test',
        'language' => 'pt_BR',
        'type' => 'URA',
        'uniqueid' => 'self-test',
        'version' => '22',
        'callerid' => 'unknown',
        'calleridname' => 'unknown',
        'callingpres' => '0',
        'callingani2' => '0',
        'callington' => '0',
        'callingtns' => '0',
        'dnid' => 'unknown',
        'rdnis' => 'unknown',
        'context' => 'ura-check',
        'extension' => 's',
        'priority' => '1',
        'enhanced' => '0.0',
        'accountcode' => '',
        'threadid' => '0',
    ];

    /**
     * How the server behaves: one of the constants above. Takes twice the timeout at most, once its name is looked up.
     *
     * @param string $server host:port, as {@see Settings} lets it through
     */
    public static function ask(string $server, float $timeoutSeconds = 2.0): string
    {
        $connection = @stream_socket_client("tcp://$server", $code, $message, $timeoutSeconds);
        if ($connection === false) {
            return self::UNREACHABLE;
        }
        try {
            $line = self::exchange($connection, microtime(true) + $timeoutSeconds);
            @fwrite($connection, "200 result=1\n");
        } finally {
            fclose($connection);
        }
        return match (true) {
            $line === '' => self::SILENT,
            trim($line) === 'failure' => self::REFUSES,
            preg_match('/\ASET VARIABLE "?URA_RESULT"? "?checked"?\s*\z/', $line) === 1 => self::ANSWERS,
            default => self::SOMETHING_ELSE,
        };
    }

    /** @param resource $connection */
    private static function exchange($connection, float $deadline): string
    {
        stream_set_blocking($connection, false);
        foreach (self::ENVIRONMENT as $name => $value) {
            @fwrite($connection, "agi_$name: $value\n");
        }
        @fwrite($connection, "\n");
        $line = '';
        while (!str_contains($line, "\n") && strlen($line) < self::LINE_BYTES_MAX && !feof($connection)) {
            $left = $deadline - microtime(true);
            $readable = [$connection];
            $none = null;
            if ($left <= 0 || stream_select($readable, $none, $none, 0, (int) ceil($left * 1_000_000)) !== 1) {
                break;
            }
            $line .= (string) fread($connection, self::LINE_BYTES_MAX);
        }
        return $line;
    }
}
