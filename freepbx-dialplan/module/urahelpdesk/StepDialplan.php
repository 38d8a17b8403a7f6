<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/** Writes the steps' extensions into FreePBX's generated dialplan. */
final class StepDialplan
{
    public const CONTEXT = 'ura-gui-steps';

    private const READ_TRIES = 2;
    private const READ_SECONDS = 10;

    /** The context that does the step itself, part of URA Chamados' own dialplan; it comes back by Return. */
    public static function contextOf(string $step): string
    {
        return "ura-step-$step";
    }

    /**
     * Adds one extension. The call goes on to the other destination too when the step's context isn't there.
     *
     * @param object $ext FreePBX's `extensions`
     * @throws \LogicException when the step is faulty; nothing is added then
     */
    public static function add(object $ext, StepDestination $step): void
    {
        if ($step->faults() !== []) {
            throw new \LogicException("step {$step->id} can't be written into the dialplan");
        }
        $kind = StepDestination::STEPS[$step->step];
        $target = self::contextOf($step->step);
        $done = $kind['done'] ?? '"${URA_RESULT}" = "ok"';
        $arguments = strtr($kind['arguments'], ['{digits}' => '${URA_DIGITS}', '{service}' => $step->service]);
        $commands = [
            new \ext_gotoif('$[${DIALPLAN_EXISTS(' . $target . ',s,1)} = 0]', $step->otherDestination),
            ...self::askForDigits($kind),
            new \ext_setvar('URA_RESULT', ''),
            new \ext_gosub('1', 's', $target, $arguments),
            new \ext_gotoif('$[' . $done . ']', 'done'),
            new \ext_goto($step->otherDestination),
        ];
        foreach ($commands as $command) {
            $ext->add(self::CONTEXT, "step-{$step->id}", '', $command);
        }
        $speaks = isset($kind['speaks'])
            ? new \ext_execif('$["${audio_url_name}" != ""]', 'Playback', '${audio_url_name}')
            : new \ext_noop('URA');
        $ext->add(self::CONTEXT, "step-{$step->id}", 'done', $speaks);
        $ext->add(self::CONTEXT, "step-{$step->id}", '', new \ext_goto($step->doneDestination));
    }

    /**
     * @param array<string, mixed> $kind one of {@see StepDestination::STEPS}
     * @return list<object>
     */
    private static function askForDigits(array $kind): array
    {
        if (!isset($kind['ask'])) {
            return [];
        }
        $recording = 'ura/' . $kind['ask'];
        return [
            new \ext_answer(),
            // The prompts lie in the sounds folder of this language.
            new \ext_setvar('CHANNEL(language)', '${URA_LANGUAGE}'),
            new \ext_read('URA_DIGITS', $recording, $kind['digits'], '', self::READ_TRIES, self::READ_SECONDS),
            new \ext_setvar('URA_DIGITS', '${FILTER(0-9,${URA_DIGITS})}'),
        ];
    }
}
