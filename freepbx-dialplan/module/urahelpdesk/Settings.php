<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/**
 * The administrator's settings: which there are, what each may hold, and which Asterisk global it becomes.
 *
 * A value that passed here holds only letters, digits and ". _ : -", so it means nothing but itself in a dialplan.
 */
final class Settings
{
    /** Setting => the global that the contexts of ura-helpdesk.conf read. */
    public const GLOBALS = [
        'server1' => 'URA_SERVER1',
        'server2' => 'URA_SERVER2',
        'queue' => 'URA_QUEUE',
        'queue_seconds' => 'URA_QUEUE_SECONDS',
        'time_condition' => 'URA_TIME_CONDITION',
        'recording' => 'URA_RECORDING',
        'language' => 'URA_LANGUAGE',
    ];

    /** What ura-globals.conf ships with, where it has a value that holds for everybody. */
    public const DEFAULTS = [
        'server1' => '127.0.0.1:4573',
        'server2' => '',
        'queue' => '',
        'queue_seconds' => '60',
        'time_condition' => '',
        'recording' => 'no',
        'language' => 'pt_BR',
    ];

    public const QUEUE_SECONDS_MIN = 5;
    public const QUEUE_SECONDS_MAX = 3600;

    /**
     * The known settings of what a form, a backup or Asterisk gave, as trimmed text; what isn't text counts as empty.
     *
     * @param array<string, mixed> $input
     * @return array<string, string>
     */
    public static function read(array $input): array
    {
        $values = [];
        foreach (array_keys(self::GLOBALS) as $name) {
            $value = $input[$name] ?? '';
            $values[$name] = is_string($value) ? trim($value) : '';
        }
        return $values;
    }

    /**
     * What is wrong with the values themselves, whatever exists on this PBX.
     *
     * @param array<string, string> $values as {@see read()} gives them
     * @return array<string, string> setting => sentence for the administrator
     */
    public static function faults(array $values): array
    {
        $server = _('Write host:port, with a name or an IPv4 address and a port from 1 to 65535.');
        $faults = [
            'server1' => self::isServer($values['server1']) ? '' : $server,
            'server2' => $values['server2'] === '' || self::isServer($values['server2']) ? '' : $server,
            'queue' => self::isNumber($values['queue']) ? '' : _('Choose a queue.'),
            'queue_seconds' => self::isWithinQueueSeconds($values['queue_seconds'])
                ? '' : sprintf(_('Write seconds, from %d to %d.'), self::QUEUE_SECONDS_MIN, self::QUEUE_SECONDS_MAX),
            'time_condition' => $values['time_condition'] === '' || self::isNumber($values['time_condition'])
                ? '' : _('Choose a Time Condition, or none.'),
            'recording' => in_array($values['recording'], ['yes', 'no'], true) ? '' : _('Choose yes or no.'),
            'language' => preg_match('/\A[a-z]{2,3}(_[A-Z]{2})?\z/', $values['language']) === 1
                ? '' : _('Write a language as Asterisk names it, such as pt_BR.'),
        ];
        return array_filter($faults, static fn (string $fault): bool => $fault !== '');
    }

    /**
     * What is wrong with the values on this PBX: a queue or a Time Condition that isn't there.
     *
     * @param array<string, string> $values as {@see read()} gives them
     * @param array<int|string, string> $queues number => name
     * @param array<int|string, string> $timeConditions id => name
     * @return array<string, string> setting => sentence for the administrator
     */
    public static function missing(array $values, array $queues, array $timeConditions): array
    {
        $missing = [];
        if ($values['queue'] !== '' && !isset($queues[$values['queue']])) {
            $missing['queue'] = _('There is no queue with this number.');
        }
        if ($values['time_condition'] !== '' && !isset($timeConditions[$values['time_condition']])) {
            $missing['time_condition'] = _('There is no Time Condition with this number.');
        }
        return $missing;
    }

    private static function isServer(string $value): bool
    {
        // A colon ends the host, so that an IPv6 address is refused: the dialplan compares and dials host:port.
        if (preg_match('/\A[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?:([0-9]{1,5})\z/', $value, $found) !== 1) {
            return false;
        }
        return (int) $found[1] >= 1 && (int) $found[1] <= 65535;
    }

    private static function isNumber(string $value): bool
    {
        return preg_match('/\A[0-9]{1,10}\z/', $value) === 1;
    }

    private static function isWithinQueueSeconds(string $value): bool
    {
        return preg_match('/\A[0-9]{1,4}\z/', $value) === 1
            && (int) $value >= self::QUEUE_SECONDS_MIN
            && (int) $value <= self::QUEUE_SECONDS_MAX;
    }
}
