<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/** The steps that the administrator has made, kept in FreePBX's key-value store. */
final class Steps
{
    public const COUNT_MAX = 100;

    private const GROUP = 'steps';
    private const NEXT_ID = 'next_step_id';

    /** @param object $store FreePBX's DB_Helper: getAll, getConfig, setConfig */
    public function __construct(private readonly object $store)
    {
    }

    /** @return array<int, StepDestination> id => step, in the order in which they were made */
    public function all(): array
    {
        $steps = [];
        foreach ($this->store->getAll(self::GROUP) ?: [] as $id => $kept) {
            if (is_array($kept)) {
                $steps[(int) $id] = StepDestination::read((int) $id, $kept);
            }
        }
        ksort($steps);
        return $steps;
    }

    /**
     * Those that are fit to be used. Others can only have come by another way than this module; they are shown, to be
     * mended or deleted, but don't keep FreePBX from writing its dialplan.
     *
     * @return array<int, StepDestination> id => step
     */
    public function usable(): array
    {
        return array_filter($this->all(), static fn (StepDestination $step): bool => $step->faults() === []);
    }

    public function find(int $id): ?StepDestination
    {
        return $this->all()[$id] ?? null;
    }

    /** An id that no step has had: a deleted step's callers never end up in another one. */
    public function nextId(): int
    {
        return max(1, (int) $this->store->getConfig(self::NEXT_ID));
    }

    public function isFull(): bool
    {
        return count($this->all()) >= self::COUNT_MAX;
    }

    /** @throws \LogicException when the step is faulty */
    public function save(StepDestination $step): void
    {
        if ($step->faults() !== []) {
            throw new \LogicException("step {$step->id} is faulty");
        }
        $this->store->setConfig((string) $step->id, $step->toArray(), self::GROUP);
        if ($step->id >= $this->nextId()) {
            $this->store->setConfig(self::NEXT_ID, (string) ($step->id + 1));
        }
    }

    public function delete(int $id): void
    {
        $this->store->setConfig((string) $id, false, self::GROUP);
    }
}
