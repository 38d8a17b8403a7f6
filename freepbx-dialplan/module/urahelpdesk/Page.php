<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

use FreePBX\modules\Urahelpdesk;

/**
 * The module's page: what a form sends, and what is shown. Each form names itself by `action`, which makes FreePBX
 * compare the Referer before anything here runs; only POST changes anything.
 */
final class Page
{
    private const VIEWS = ['settings', 'steps', 'step', 'selftest'];

    /** @var array<string, string> field => what is wrong with what was sent */
    private array $faults = [];
    private string $notice = '';
    /** What was sent and refused, shown again so that nothing typed is lost. */
    private ?array $sentSettings = null;
    private ?StepDestination $sentStep = null;
    private string $viewAfterwards = '';

    public function __construct(private readonly Urahelpdesk $module)
    {
    }

    /** @param array<string, mixed> $sent a POST */
    public function receive(array $sent): void
    {
        match ($sent['action'] ?? '') {
            'save-settings' => $this->receiveSettings($sent),
            'save-step' => $this->receiveStep($sent),
            'delete-step' => $this->deleteStep($sent),
            default => null,
        };
    }

    /** @param array<string, mixed> $asked the query string */
    public function show(array $asked): string
    {
        $wanted = $this->viewAfterwards !== '' ? $this->viewAfterwards : ($asked['view'] ?? 'settings');
        $view = in_array($wanted, self::VIEWS, true) ? $wanted : 'settings';
        $content = match ($view) {
            'settings' => $this->render('settings', $this->settingsForm()),
            'steps' => $this->render('steps', ['steps' => $this->module->steps()->all()]),
            'step' => $this->render('step', ['step' => $this->stepAsked($asked)]),
            'selftest' => $this->render('selftest', ['results' => $this->module->selfTest()]),
        };
        return $this->render('page', ['view' => $view, 'content' => $content, 'notice' => $this->notice]);
    }

    /**
     * The buttons of FreePBX's action bar.
     *
     * @param array<string, mixed> $request
     */
    public static function buttons(array $request): array
    {
        if (!in_array($request['view'] ?? 'settings', ['settings', 'step'], true)) {
            return [];
        }
        return [
            'reset' => ['name' => 'reset', 'id' => 'reset', 'value' => _('Reset')],
            'submit' => ['name' => 'submit', 'id' => 'submit', 'value' => _('Submit')],
        ];
    }

    /** @param array<string, mixed> $sent */
    private function receiveSettings(array $sent): void
    {
        $settings = Settings::read($sent);
        $pbx = $this->module->pbx();
        $this->faults = Settings::faults($settings)
            + Settings::missing($settings, $pbx->queues(), $pbx->timeConditions());
        if ($this->faults !== []) {
            $this->sentSettings = $settings;
            return;
        }
        $this->module->saveSettings($settings);
        $this->notice = _('Saved. Apply Config makes Asterisk go by it.');
    }

    /** @param array<string, mixed> $sent */
    private function receiveStep(array $sent): void
    {
        $steps = $this->module->steps();
        $id = self::id($sent);
        $isNew = $id === 0;
        $step = StepDestination::read($isNew ? $steps->nextId() : $id, [
            ...$sent,
            'done_destination' => self::destinationSent($sent, 0),
            'other_destination' => self::destinationSent($sent, 1),
        ]);
        $this->faults = $step->faults();
        if ($isNew && $steps->isFull()) {
            $this->faults['name'] = sprintf(_('There are %d steps already.'), Steps::COUNT_MAX);
        }
        if (!$isNew && $steps->find($id) === null) {
            $this->faults['name'] = _('This step has been deleted meanwhile.');
        }
        if ($this->faults !== []) {
            $this->sentStep = $isNew ? StepDestination::read(0, $step->toArray()) : $step;
            $this->viewAfterwards = 'step';
            return;
        }
        $steps->save($step);
        needreload();
        $this->viewAfterwards = 'steps';
        $this->notice = _('Saved. Apply Config makes Asterisk go by it.');
    }

    /** @param array<string, mixed> $sent */
    private function deleteStep(array $sent): void
    {
        $this->module->steps()->delete(self::id($sent));
        needreload();
        $this->viewAfterwards = 'steps';
        $this->notice = _('Deleted. Apply Config makes Asterisk go by it.');
    }

    /** @return array<string, mixed> */
    private function settingsForm(): array
    {
        $pbx = $this->module->pbx();
        return [
            'settings' => $this->sentSettings ?? $this->module->settings(),
            'faults' => $this->faults,
            'queues' => $pbx->queues(),
            'timeConditions' => $pbx->timeConditions(),
        ];
    }

    /** @param array<string, mixed> $asked */
    private function stepAsked(array $asked): StepDestination
    {
        return $this->sentStep
            ?? $this->module->steps()->find(self::id($asked))
            ?? StepDestination::read(0, []);
    }

    /**
     * A destination as FreePBX's drawselects() sends it: `goto0` names the list in which it was chosen.
     *
     * @param array<string, mixed> $sent
     */
    private static function destinationSent(array $sent, int $index): string
    {
        $list = $sent["goto$index"] ?? '';
        $destination = is_string($list) ? ($sent[$list . $index] ?? '') : '';
        return is_string($destination) ? $destination : '';
    }

    /** @param array<string, mixed> $values */
    private static function id(array $values): int
    {
        $id = $values['id'] ?? '';
        return is_string($id) && preg_match('/\A[0-9]{1,9}\z/', $id) === 1 ? (int) $id : 0;
    }

    /** @param array<string, mixed> $values what the view may use */
    private function render(string $view, array $values): string
    {
        return load_view(__DIR__ . "/views/$view.php", ['faults' => $this->faults, ...$values]);
    }
}
