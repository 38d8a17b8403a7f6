<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/** Judges what was found on the PBX, and says what to do about it. */
final class SelfTest
{
    public const OK = 'ok';
    public const FAILED = 'failed';
    /** Not to be judged now, or not in use: nothing to mend. */
    public const NEUTRAL = 'neutral';

    /**
     * One result for each thing that a call needs, in the order in which it needs them.
     *
     * @param array<string, string> $settings checked settings
     * @param bool $isSaved whether the administrator has ever saved them here
     * @return list<array{name: string, status: string, found: string, advice: string}>
     */
    public static function judge(PbxFacts $facts, array $settings, bool $isSaved): array
    {
        return [
            ...self::includes($facts),
            ...self::contexts($facts),
            self::settingsInForce($facts, $settings, $isSaved),
            self::prompts($facts),
            ...self::servers($facts),
            self::queue($facts, $settings),
            self::timeCondition($facts, $settings),
            self::mediaCache($facts),
        ];
    }

    /** @return list<array{name: string, status: string, found: string, advice: string}> */
    private static function includes(PbxFacts $facts): array
    {
        $results = [];
        foreach ($facts->includes as $include => $isThere) {
            [$file, $included] = explode(': ', $include);
            $advice = $included === GlobalsFile::NAME
                ? sprintf(_('Write this as the last line of %s: %s'), $file, "#tryinclude $included")
                : _('Run the installer of URA Chamados on this PBX.');
            $results[] = self::result(sprintf(_('%s includes %s'), $file, $included), $isThere, '', $advice);
        }
        return $results;
    }

    /** @return list<array{name: string, status: string, found: string, advice: string}> */
    private static function contexts(PbxFacts $facts): array
    {
        $lacking = array_keys(array_filter($facts->contexts, static fn (?bool $isLoaded): bool => $isLoaded === false));
        if (in_array(null, $facts->contexts, true)) {
            return [self::silentAsterisk(_('Contexts loaded'))];
        }
        $found = $lacking === []
            ? sprintf(_('%d contexts'), count($facts->contexts))
            : sprintf(_('not loaded: %s'), implode(', ', $lacking));
        $advice = _('Apply Config. If it stays so, run the installer of URA Chamados on this PBX.');
        return [self::result(_('Contexts loaded'), $lacking === [], $found, $advice)];
    }

    /**
     * @param array<string, string> $settings
     * @return array{name: string, status: string, found: string, advice: string}
     */
    private static function settingsInForce(PbxFacts $facts, array $settings, bool $isSaved): array
    {
        $name = _('Asterisk goes by these settings');
        if (!$isSaved) {
            return self::neutral($name, _('Nothing has been saved here: ura-globals.conf holds.'));
        }
        if ($facts->globals === null) {
            return self::silentAsterisk($name);
        }
        $different = [];
        foreach (Settings::GLOBALS as $setting => $global) {
            if (($facts->globals[$global] ?? '') !== $settings[$setting]) {
                $different[] = $global;
            }
        }
        $found = $different === [] ? '' : sprintf(_('different in Asterisk: %s'), implode(', ', $different));
        $advice = _('Apply Config. If it stays so, make this the last line of %s: %s');
        $advice = sprintf($advice, 'ura-globals.conf', '#tryinclude ' . GlobalsFile::NAME);
        return self::result($name, $different === [], $found, $advice);
    }

    /** @return array{name: string, status: string, found: string, advice: string} */
    private static function prompts(PbxFacts $facts): array
    {
        $found = $facts->promptsMissing === []
            ? $facts->soundsFolder
            : sprintf(_('missing in %s: %s'), $facts->soundsFolder, implode(', ', $facts->promptsMissing));
        $advice = _('Copy the recordings there, or run the installer of URA Chamados on this PBX.');
        return self::result(_('Recordings that the dialplan plays'), $facts->promptsMissing === [], $found, $advice);
    }

    /** @return list<array{name: string, status: string, found: string, advice: string}> */
    private static function servers(PbxFacts $facts): array
    {
        $found = [
            FastAgiProbe::ANSWERS => '',
            FastAgiProbe::UNREACHABLE => _('no connection'),
            FastAgiProbe::SILENT => _('it takes the connection and says nothing for 2 s'),
            FastAgiProbe::REFUSES => _('it refuses calls from here'),
            FastAgiProbe::SOMETHING_ELSE => _('something else answers on this port'),
        ];
        $advice = [
            FastAgiProbe::ANSWERS => '',
            FastAgiProbe::UNREACHABLE => _('Start the agi service there; see address, port and firewall.'),
            FastAgiProbe::SILENT => _('Restart the agi service there; see its log.'),
            FastAgiProbe::REFUSES => _('See the log of the agi service: full, too old, or closed to this address.'),
            FastAgiProbe::SOMETHING_ELSE => _('See the port: 4573 is that of the agi service.'),
        ];
        $results = [];
        foreach ($facts->servers as $server => $outcome) {
            $isOk = $outcome === FastAgiProbe::ANSWERS;
            $name = sprintf(_('FastAGI server %s'), $server);
            $results[] = self::result($name, $isOk, $found[$outcome], $advice[$outcome]);
        }
        return $results;
    }

    /**
     * @param array<string, string> $settings
     * @return array{name: string, status: string, found: string, advice: string}
     */
    private static function queue(PbxFacts $facts, array $settings): array
    {
        $number = $settings['queue'];
        $name = _('Queue of the technicians');
        if ($number === '') {
            return self::result($name, false, '', _('Choose a queue in the settings.'));
        }
        $isThere = isset($facts->queues[$number]);
        $found = $isThere ? $number . ' ' . $facts->queues[$number] : sprintf(_('there is no queue %s'), $number);
        return self::result($name, $isThere, $found, _('Choose another queue in the settings, or make this one.'));
    }

    /**
     * @param array<string, string> $settings
     * @return array{name: string, status: string, found: string, advice: string}
     */
    private static function timeCondition(PbxFacts $facts, array $settings): array
    {
        $id = $settings['time_condition'];
        $name = _('Time Condition');
        if ($id === '') {
            return self::neutral($name, _('None: without a server, URA_HOURS of ura-globals.conf holds.'));
        }
        $isThere = isset($facts->timeConditions[$id]);
        $found = $isThere ? $facts->timeConditions[$id] : sprintf(_('there is no Time Condition %s'), $id);
        return self::result($name, $isThere, $found, _('Choose another one in the settings, or none.'));
    }

    /** @return array{name: string, status: string, found: string, advice: string} */
    private static function mediaCache(PbxFacts $facts): array
    {
        $name = _('Spoken audio by HTTP (res_http_media_cache)');
        if ($facts->mediaCacheRuns === null) {
            return self::silentAsterisk($name);
        }
        if (!$facts->mediaCacheRuns) {
            $advice = _('Load the modules res_curl, func_curl and res_http_media_cache: Asterisk Modules.');
            return self::result($name, false, _('the module does not run'), $advice);
        }
        $found = $facts->mediaCacheIsBounded ? '' : _('callers may wait 12 minutes for an audio that never comes');
        $advice = _('Write timeout_secs=1 below [general] in res_http_media_cache.conf, then reload that module.');
        return self::result($name, $facts->mediaCacheIsBounded, $found, $advice);
    }

    /** @return array{name: string, status: string, found: string, advice: string} */
    private static function result(string $name, bool $isOk, string $found, string $advice): array
    {
        return [
            'name' => $name,
            'status' => $isOk ? self::OK : self::FAILED,
            'found' => $found,
            'advice' => $isOk ? '' : $advice,
        ];
    }

    /** @return array{name: string, status: string, found: string, advice: string} */
    private static function neutral(string $name, string $found): array
    {
        return ['name' => $name, 'status' => self::NEUTRAL, 'found' => $found, 'advice' => ''];
    }

    /** @return array{name: string, status: string, found: string, advice: string} */
    private static function silentAsterisk(string $name): array
    {
        return self::result($name, false, _('Asterisk does not answer'), _('Start Asterisk, then run the test again.'));
    }
}
