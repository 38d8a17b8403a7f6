<?php
declare(strict_types=1);

namespace FreePBX\modules;

use FreePBX\modules\Urahelpdesk\GlobalsFile;
use FreePBX\modules\Urahelpdesk\Page;
use FreePBX\modules\Urahelpdesk\Pbx;
use FreePBX\modules\Urahelpdesk\PbxFacts;
use FreePBX\modules\Urahelpdesk\SelfTest;
use FreePBX\modules\Urahelpdesk\Settings;
use FreePBX\modules\Urahelpdesk\StepDestination;
use FreePBX\modules\Urahelpdesk\StepDialplan;
use FreePBX\modules\Urahelpdesk\Steps;

/** What FreePBX calls: installation, page, dialplan, configuration file, search, backup. The work is done elsewhere. */
class Urahelpdesk extends \FreePBX_Helpers implements \BMO
{
    /** Where a call enters the whole helpdesk: ura-helpdesk.conf. */
    public const HELPDESK = 'ura-helpdesk,s,1';

    private const SETTINGS = 'settings';

    private $freepbx;
    private ?Page $page = null;

    public function __construct($freepbx = null)
    {
        if ($freepbx === null) {
            throw new \Exception('Not given a FreePBX object');
        }
        $this->freepbx = $freepbx;
    }

    public function install()
    {
    }

    /** Leaves nothing: neither what was kept nor the file that Asterisk reads. */
    public function uninstall()
    {
        $this->deleteAll();
        $this->pbx()->deleteConfigurationFile(GlobalsFile::NAME);
    }

    public function pbx(): Pbx
    {
        return new Pbx($this->freepbx);
    }

    public function steps(): Steps
    {
        return new Steps($this);
    }

    /** @return ?array<string, string> what was saved here; null when nothing ever was */
    public function savedSettings(): ?array
    {
        $saved = $this->getConfig(self::SETTINGS);
        return is_array($saved) ? Settings::read($saved) : null;
    }

    /**
     * What the form begins with: what was saved; before that what Asterisk goes by, so that saving changes nothing
     * by itself; before that what everybody begins with.
     *
     * @return array<string, string>
     */
    public function settings(): array
    {
        $saved = $this->savedSettings();
        if ($saved !== null) {
            return $saved;
        }
        $globals = $this->pbx()->globals() ?? [];
        $found = array_map(static fn (string $global): ?string => $globals[$global] ?? null, Settings::GLOBALS);
        $settings = Settings::read(array_filter($found, is_string(...)) + Settings::DEFAULTS);
        return array_replace($settings, array_intersect_key(Settings::DEFAULTS, Settings::faults($settings)));
    }

    /**
     * Keeps settings; Asterisk goes by them after Apply Config.
     *
     * @param array<string, string> $settings
     * @throws \LogicException when one of them is faulty
     */
    public function saveSettings(array $settings): void
    {
        $faults = Settings::faults($settings);
        if ($faults !== []) {
            throw new \LogicException('faulty: ' . implode(', ', array_keys($faults)));
        }
        $this->setConfig(self::SETTINGS, $settings);
        needreload();
    }

    /** Called before the page is shown, with everything that was sent in $_REQUEST. */
    public function doConfigPageInit($page)
    {
        $this->page = new Page($this);
        if (($_SERVER['REQUEST_METHOD'] ?? '') === 'POST') {
            $this->page->receive($_POST);
        }
    }

    public function showPage(): string
    {
        $this->page ??= new Page($this);
        return $this->page->show($_GET);
    }

    public function getActionBar($request)
    {
        return ($request['display'] ?? '') === 'urahelpdesk' ? Page::buttons($request) : [];
    }

    /** @return list<array{name: string, status: string, found: string, advice: string}> */
    public function selfTest(): array
    {
        $settings = $this->settings();
        $facts = PbxFacts::gather($this->pbx(), $settings, $this->steps()->usable());
        return SelfTest::judge($facts, $settings, $this->savedSettings() !== null);
    }

    public static function myDialplanHooks()
    {
        return true;
    }

    public function doDialplanHook(&$ext, $engine, $priority)
    {
        foreach ($this->steps()->usable() as $step) {
            StepDialplan::add($ext, $step);
        }
    }

    /**
     * Before anything was saved there is no file, and ura-globals.conf holds alone. Settings that are faulty came by
     * another way than this module: the file stays as it is, and the self-test shows the difference.
     */
    public function genConfig()
    {
        $saved = $this->savedSettings();
        if ($saved === null || Settings::faults($saved) !== []) {
            return [];
        }
        return [GlobalsFile::NAME => GlobalsFile::render($saved)];
    }

    public function writeConfig($config)
    {
        $this->freepbx->WriteConfig($config);
    }

    public function search($query, &$results)
    {
        foreach ($this->steps()->all() as $step) {
            if (mb_stripos($step->name, (string) $query) !== false) {
                $results[] = [
                    'text' => 'URA Chamados: ' . $step->name,
                    'type' => 'get',
                    'dest' => '?display=urahelpdesk&view=step&id=' . $step->id,
                ];
            }
        }
    }

    /** @return array<string, mixed> everything that {@see restoreConfiguration()} needs */
    public function configuration(): array
    {
        $steps = array_map(static fn (StepDestination $step): array => $step->toArray(), $this->steps()->all());
        return ['settings' => $this->savedSettings(), 'steps' => $steps];
    }

    /**
     * Takes what a backup holds, checked as if it had been typed.
     *
     * @param array<string, mixed> $configuration
     * @return list<string> what was left out because it is faulty, and why
     */
    public function restoreConfiguration(array $configuration): array
    {
        $leftOut = [];
        if (is_array($configuration['settings'] ?? null)) {
            $settings = Settings::read($configuration['settings']);
            $faults = Settings::faults($settings);
            if ($faults === []) {
                $this->saveSettings($settings);
            }
            foreach ($faults as $name => $fault) {
                $leftOut[] = "settings: $name: $fault";
            }
        }
        $steps = is_array($configuration['steps'] ?? null) ? $configuration['steps'] : [];
        foreach (array_slice($steps, 0, Steps::COUNT_MAX, true) as $id => $kept) {
            $step = StepDestination::read((int) $id, is_array($kept) ? $kept : []);
            if ($step->id < 1 || $step->faults() !== []) {
                $leftOut[] = "step $id: " . implode(' ', $step->faults());
                continue;
            }
            $this->steps()->save($step);
        }
        return $leftOut;
    }
}
