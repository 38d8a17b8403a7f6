<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/**
 * A step of the helpdesk as a place that an IVR, a route or another step can lead to. FreePBX's own Custom
 * Destinations come back to one place; from here the call goes on by the step's result.
 */
final class StepDestination
{
    public const NAME_CHARACTERS_MAX = 50;

    /**
     * The steps: the arguments of the step's context (`{digits}`: what was keyed, `{service}`: from the form); where
     * digits are asked for, the recording that asks, how many there are at most (URA_CODE_DIGITS: what send-code
     * said), the result after which it asks again and the recording that says why; what must hold for "done", if not
     * URA_RESULT `ok`; whether the step leaves an audio for the caller. The name that verify-user leaves is nobody's
     * business before the code is verified.
     */
    public const STEPS = [
        'verify-user' => [
            'arguments' => '{digits}',
            'ask' => [
                'recording' => 'ask-registration',
                'digits' => '12',
                'again' => 'not_found',
                'because' => 'unknown-registration',
            ],
        ],
        'send-code' => ['arguments' => '${cod_user}'],
        'verify-code' => [
            'arguments' => '${cod_user},{digits}',
            'ask' => [
                'recording' => 'ask-access-code',
                'digits' => '${URA_CODE_DIGITS}',
                'again' => 'wrong',
                'because' => 'wrong-access-code',
            ],
        ],
        'verify-ticket' => [
            'arguments' => '${cod_user},{digits}',
            'ask' => [
                'recording' => 'ask-ticket',
                'digits' => '18',
                'again' => 'not_found',
                'because' => 'ticket-not-found',
            ],
            'speaks' => true,
        ],
        'open-ticket' => ['arguments' => '${cod_user},{service}', 'speaks' => true],
        'check-hours' => ['arguments' => '', 'done' => '"${URA_OPEN}" = "1"'],
        'remove-audio' => ['arguments' => '${audio_name}'],
    ];

    private function __construct(
        public readonly int $id,
        public readonly string $name,
        public readonly string $step,
        public readonly string $service,
        public readonly string $doneDestination,
        public readonly string $otherDestination,
    ) {
    }

    /**
     * A step from what a form, the database or a backup holds. It may be faulty: see {@see faults()}.
     *
     * @param array<string, mixed> $input
     */
    public static function read(int $id, array $input): self
    {
        $text = static fn (string $key): string => is_string($input[$key] ?? null) ? trim($input[$key]) : '';
        $step = $text('step');
        return new self(
            id: $id,
            name: $text('name'),
            step: $step,
            service: $step === 'open-ticket' ? $text('service') : '',
            doneDestination: $text('done_destination'),
            otherDestination: $text('other_destination'),
        );
    }

    /** @return array<string, string> as {@see read()} takes it */
    public function toArray(): array
    {
        return [
            'name' => $this->name,
            'step' => $this->step,
            'service' => $this->service,
            'done_destination' => $this->doneDestination,
            'other_destination' => $this->otherDestination,
        ];
    }

    /** @return array<string, string> field => sentence for the administrator */
    public function faults(): array
    {
        $place = _('Choose a destination.');
        // FreePBX writes descriptions of destinations into its pages as they are.
        $isName = preg_match('/\A[^\p{C}<>&"\']{1,' . self::NAME_CHARACTERS_MAX . '}\z/u', $this->name) === 1;
        $isService = $this->step !== 'open-ticket' || preg_match('/\A[a-z0-9][a-z0-9-]{0,63}\z/', $this->service) === 1;
        $faults = [
            'name' => $isName ? '' : sprintf(
                _('Write a name of up to %d characters, without quotes and without < > &.'),
                self::NAME_CHARACTERS_MAX,
            ),
            'step' => isset(self::STEPS[$this->step]) ? '' : _('Choose a step.'),
            'service' => $isService ? '' : _('Write the code of the service: small letters, digits and hyphens.'),
            'done_destination' => self::isDestination($this->doneDestination) ? '' : $place,
            'other_destination' => self::isDestination($this->otherDestination) ? '' : $place,
        ];
        return array_filter($faults, static fn (string $fault): bool => $fault !== '');
    }

    /** The same step, leading to another place wherever it led to the old one. */
    public function withDestinationChanged(string $old, string $new): self
    {
        $change = static fn (string $destination): string => $destination === $old ? $new : $destination;
        return self::read($this->id, [
            ...$this->toArray(),
            'done_destination' => $change($this->doneDestination),
            'other_destination' => $change($this->otherDestination),
        ]);
    }

    /** @return list<string> the recordings that it plays */
    public function recordings(): array
    {
        $question = self::STEPS[$this->step]['ask'] ?? null;
        return $question === null ? [] : [$question['recording'], $question['because']];
    }

    /** Where a call enters it: context, extension and priority. */
    public function destination(): string
    {
        return StepDialplan::CONTEXT . ",step-{$this->id},1";
    }

    /** context,extension,priority as FreePBX writes it: nothing that could end a Goto or begin a variable. */
    private static function isDestination(string $value): bool
    {
        return preg_match('/\A[\w.+-]{1,80},[\w.+*#-]{1,80},[\w-]{1,40}\z/', $value) === 1;
    }
}
