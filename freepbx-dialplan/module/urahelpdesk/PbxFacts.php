<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/** What the self-test judges, gathered from the PBX at one moment. */
final class PbxFacts
{
    /** Recordings that are there wherever the pack is, so that its absence shows before there is a dialplan. */
    private const RECORDINGS = ['main-menu', 'system-unavailable'];

    /**
     * @param array<string, bool> $includes "file: included file" => whether that line is there
     * @param array<string, ?bool> $contexts context => whether Asterisk has it; null: Asterisk didn't answer
     * @param ?array<string, string> $globals name => value; null: Asterisk didn't answer
     * @param list<string> $promptsMissing prompts that the dialplan plays and the sounds folder lacks
     * @param array<string, string> $servers host:port => what {@see FastAgiProbe} found
     * @param array<int|string, string> $queues number => name
     * @param array<int|string, string> $timeConditions id => name
     * @param ?bool $mediaCacheRuns whether res_http_media_cache runs; null: Asterisk didn't answer
     */
    public function __construct(
        public readonly array $includes,
        public readonly array $contexts,
        public readonly ?array $globals,
        public readonly string $soundsFolder,
        public readonly array $promptsMissing,
        public readonly array $servers,
        public readonly array $queues,
        public readonly array $timeConditions,
        public readonly ?bool $mediaCacheRuns,
        public readonly bool $mediaCacheIsBounded,
    ) {
    }

    /**
     * @param array<string, string> $settings checked settings
     * @param array<int, StepDestination> $steps what the administrator has made
     */
    public static function gather(Pbx $pbx, array $settings, array $steps): self
    {
        $text = implode("\n", $pbx->dialplanFiles());
        preg_match_all('/^\[(ura-[A-Za-z0-9-]{1,60})\]/m', $text, $defined);
        preg_match_all('~\bura/([A-Za-z0-9-]+)~', $text, $played);
        $contextNames = ['ura-helpdesk', ...$defined[1]];
        $recordings = [...self::RECORDINGS, ...$played[1]];
        foreach ($steps as $step) {
            $contextNames[] = StepDialplan::contextOf($step->step);
            array_push($recordings, ...$step->recordings());
        }
        $contexts = [];
        foreach (array_unique($contextNames) as $context) {
            $contexts[$context] = $pbx->hasContext($context);
        }
        $folder = $pbx->soundsFolder($settings['language']);
        return new self(
            includes: self::includes($pbx),
            contexts: $contexts,
            globals: $pbx->globals(),
            soundsFolder: $folder,
            promptsMissing: array_values(array_filter(
                array_unique($recordings),
                static fn (string $prompt): bool => (glob("$folder/$prompt.*") ?: []) === [],
            )),
            servers: self::askServers($settings),
            queues: $pbx->queues(),
            timeConditions: $pbx->timeConditions(),
            mediaCacheRuns: $pbx->runsModule('res_http_media_cache'),
            mediaCacheIsBounded: preg_match(
                '/^\s*timeout_secs\s*=>?\s*[1-5]\s*(;.*)?$/m',
                $pbx->configurationFile('res_http_media_cache.conf'),
            ) === 1,
        );
    }

    /** @return array<string, bool> */
    private static function includes(Pbx $pbx): array
    {
        $wanted = [
            'extensions_custom.conf' => 'ura-helpdesk.conf',
            'globals_custom.conf' => 'ura-globals.conf',
            'ura-globals.conf' => GlobalsFile::NAME,
        ];
        $includes = [];
        foreach ($wanted as $file => $included) {
            $line = '/^\s*#(try)?include\s+["<]?' . preg_quote($included, '/') . '[">]?\s*(;.*)?$/m';
            $includes["$file: $included"] = preg_match($line, $pbx->configurationFile($file)) === 1;
        }
        return $includes;
    }

    /**
     * @param array<string, string> $settings
     * @return array<string, string>
     */
    private static function askServers(array $settings): array
    {
        $answers = [];
        foreach (array_unique([$settings['server1'], $settings['server2']]) as $server) {
            if ($server !== '') {
                $answers[$server] = FastAgiProbe::ask($server);
            }
        }
        return $answers;
    }
}
