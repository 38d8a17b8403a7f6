<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/** Writes the steps' extensions into FreePBX's generated dialplan. */
final class StepDialplan
{
    public const CONTEXT = 'ura-gui-steps';

    private const ROUNDS_MAX = 3;
    private const TRIES = 2;
    private const SECONDS = 10;

    /** The context of ura-steps.conf that does the step itself and comes back by Return; `play` plays its audio. */
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
        $context = self::contextOf($step->step);
        $isDone = $kind['done'] ?? '"${URA_RESULT}" = "ok"';
        $arguments = strtr($kind['arguments'], ['{digits}' => '${URA_DIGITS}', '{service}' => $step->service]);
        $lines = [
            ['', new \ext_gotoif('$[${DIALPLAN_EXISTS(' . $context . ',s,1)} = 0]', $step->otherDestination)],
            ['', new \ext_answer()],
            // The prompts lie in the sounds folder of this language.
            ['', new \ext_setvar('CHANNEL(language)', '${URA_LANGUAGE}')],
            ['', new \ext_setvar('URA_ROUNDS', '0')],
            ...(isset($kind['ask']) ? self::ask($kind['ask']) : []),
            ['', new \ext_setvar('URA_RESULT', '')],
            ['', new \ext_gosub('1', 's', $context, $arguments)],
            ...(isset($kind['ask']) ? self::askAgain($kind['ask']) : []),
            ['', new \ext_gotoif("$[$isDone]", 'done', $step->otherDestination)],
            ...self::done($step->doneDestination, $kind['speaks'] ?? false),
        ];
        // FreePBX would include ura-gui-steps-custom, and Asterisk say at each reload that it isn't there.
        $ext->addSectionNoCustom(self::CONTEXT, true);
        foreach ($lines as [$label, $command]) {
            $ext->add(self::CONTEXT, "step-{$step->id}", $label, $command);
        }
    }

    /**
     * @param array{recording: string, digits: string} $question
     * @return list<array{string, object}> label and command: puts the keyed digits into URA_DIGITS
     */
    private static function ask(array $question): array
    {
        $recording = "ura/{$question['recording']}";
        return [
            ['ask', new \ext_setvar('URA_ROUNDS', '$[${URA_ROUNDS} + 1]')],
            ['', new \ext_read('URA_DIGITS', $recording, $question['digits'], '', self::TRIES, self::SECONDS)],
            ['', new \ext_setvar('URA_DIGITS', '${FILTER(0-9,${URA_DIGITS})}')],
        ];
    }

    /**
     * @param array{again: string, because: string} $question
     * @return list<array{string, object}> label and command: says why and goes back to the question, a few times
     */
    private static function askAgain(array $question): array
    {
        $isResult = '"${URA_RESULT}" = "' . $question['again'] . '"';
        return [
            ['', new \ext_execif("$[$isResult]", 'Playback', "ura/{$question['because']}")],
            ['', new \ext_gotoif("$[$isResult & \${URA_ROUNDS} < " . self::ROUNDS_MAX . ']', 'ask')],
        ];
    }

    /** @return list<array{string, object}> label and command */
    private static function done(string $destination, bool $speaks): array
    {
        $goOn = new \ext_goto($destination);
        $speech = new \ext_gosub('1', 's', self::contextOf('play'));
        return $speaks ? [['done', $speech], ['', $goOn]] : [['done', $goOn]];
    }
}
