<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/** What this module asks of the FreePBX around it; each question is asked anew, nothing is kept. */
final class Pbx
{
    private const FILE_BYTES_MAX = 1_000_000;

    /** @param object $freepbx FreePBX's BMO object */
    public function __construct(private readonly object $freepbx)
    {
    }

    /**
     * The queues, also those outside the signed-in administrator's range.
     *
     * @return array<int|string, string> number => name
     */
    public function queues(): array
    {
        $queues = [];
        foreach ($this->freepbx->Queues->listQueues(true) as $queue) {
            $queues[(string) $queue[0]] = (string) $queue[1];
        }
        return $queues;
    }

    /** @return array<int|string, string> id => name; none where the module Time Conditions isn't enabled */
    public function timeConditions(): array
    {
        if (!$this->freepbx->Modules->checkStatus('timeconditions')) {
            return [];
        }
        $conditions = [];
        foreach ($this->freepbx->Timeconditions->listTimeconditions(true) as $condition) {
            $conditions[(string) $condition['timeconditions_id']] = (string) $condition['displayname'];
        }
        return $conditions;
    }

    /**
     * Asterisk's globals as they are now.
     *
     * @return ?array<string, string> name => value; null where Asterisk doesn't answer
     */
    public function globals(): ?array
    {
        $output = $this->command('dialplan show globals');
        if ($output === null) {
            return null;
        }
        preg_match_all('/^\s*(\w+)=(.*)$/m', $output, $found);
        return array_combine($found[1], array_map(trim(...), $found[2]));
    }

    /** Whether Asterisk has this context loaded; null where it doesn't answer. */
    public function hasContext(string $name): ?bool
    {
        $output = $this->command("dialplan show $name");
        return $output === null ? null : str_contains($output, "[ Context '$name' created by ");
    }

    /** Whether Asterisk runs this module; null where it doesn't answer. */
    public function runsModule(string $name): ?bool
    {
        $output = $this->command("module show like $name.so");
        $running = '/^' . preg_quote($name, '/') . '\.so\s.*\bRunning\b/m';
        return $output === null ? null : preg_match($running, $output) === 1;
    }

    /** The text of a file in Asterisk's configuration folder; empty where there is none. */
    public function configurationFile(string $name): string
    {
        $path = $this->configurationFolder() . '/' . $name;
        return is_file($path) ? (string) @file_get_contents($path, false, null, 0, self::FILE_BYTES_MAX) : '';
    }

    /**
     * The dialplan files of URA Chamados that are installed.
     *
     * @return array<string, string> file name => text
     */
    public function dialplanFiles(): array
    {
        $files = [];
        foreach (glob($this->configurationFolder() . '/ura-*.conf') ?: [] as $path) {
            if (!str_starts_with(basename($path), 'ura-globals')) {
                $files[basename($path)] = $this->configurationFile(basename($path));
            }
        }
        return $files;
    }

    /** Deletes a file of our own from Asterisk's configuration folder, if it is there. */
    public function deleteConfigurationFile(string $name): void
    {
        $path = $this->configurationFolder() . '/' . $name;
        if (is_file($path)) {
            unlink($path);
        }
    }

    public function soundsFolder(string $language): string
    {
        return $this->freepbx->Config->get('ASTVARLIBDIR') . "/sounds/$language/ura";
    }

    private function configurationFolder(): string
    {
        return (string) $this->freepbx->Config->get('ASTETCDIR');
    }

    /** Output of a console command by AMI. The commands are ours; only names from our own files go into them. */
    private function command(string $command): ?string
    {
        $asterisk = $this->freepbx->astman;
        if (!is_object($asterisk) || !$asterisk->connected()) {
            return null;
        }
        $reply = $asterisk->Command($command);
        return is_array($reply) && isset($reply['data']) ? (string) $reply['data'] : null;
    }
}
