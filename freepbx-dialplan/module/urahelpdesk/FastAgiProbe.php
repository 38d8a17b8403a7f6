<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/**
 * Asks a FastAGI server for a script that it doesn't have. A server of URA Chamados refuses it with the line
 * `failure`, without a call, a record or a word to anybody; the same way lies open for Asterisk then.
 */
final class FastAgiProbe
{
    public const ANSWERS = 'answers';
    public const UNREACHABLE = 'unreachable';
    public const SILENT = 'silent';
    public const SOMETHING_ELSE = 'something else';

    private const LINE_BYTES_MAX = 512;

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
        } finally {
            fclose($connection);
        }
        if ($line === '') {
            return self::SILENT;
        }
        return trim($line) === 'failure' ? self::ANSWERS : self::SOMETHING_ELSE;
    }

    /** @param resource $connection */
    private static function exchange($connection, float $deadline): string
    {
        stream_set_blocking($connection, false);
        @fwrite($connection, "agi_network: yes\nagi_network_script: self-test\nagi_request: self-test\n\n");
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
