<?php
// FreePBX finds these by name. Loaded with every page of the interface: nothing happens until one is called.

use FreePBX\modules\Urahelpdesk;
use FreePBX\modules\Urahelpdesk\StepDialplan;

/** Where other modules can lead a call: the whole helpdesk, and each step that the administrator has made. */
function urahelpdesk_destinations()
{
    $destinations = [['destination' => Urahelpdesk::HELPDESK, 'description' => _('IT helpdesk: the whole call')]];
    foreach (\FreePBX::Urahelpdesk()->steps()->usable() as $step) {
        $destinations[] = ['destination' => $step->destination(), 'description' => $step->name];
    }
    return $destinations;
}

/** The destination of a step, by its id. */
function urahelpdesk_getdest($id)
{
    return [StepDialplan::CONTEXT . ',step-' . (int) $id . ',1'];
}

/** What a destination of ours is called and where it is edited; [] for a deleted step, false if it isn't ours. */
function urahelpdesk_getdestinfo($dest)
{
    if ($dest === Urahelpdesk::HELPDESK) {
        return ['description' => _('IT helpdesk: the whole call'), 'edit_url' => 'config.php?display=urahelpdesk'];
    }
    $pattern = '/\A' . preg_quote(StepDialplan::CONTEXT, '/') . ',step-([0-9]{1,9}),1\z/';
    if (preg_match($pattern, (string) $dest, $found) !== 1) {
        return false;
    }
    $step = \FreePBX::Urahelpdesk()->steps()->find((int) $found[1]);
    if ($step === null) {
        return [];
    }
    return [
        'description' => sprintf(_('IT helpdesk: %s'), $step->name),
        'edit_url' => 'config.php?display=urahelpdesk&view=step&id=' . $step->id,
    ];
}

/** Which of these destinations our steps lead to; `true` asks for all. */
function urahelpdesk_check_destinations($dest = true)
{
    $used = [];
    foreach (\FreePBX::Urahelpdesk()->steps()->all() as $step) {
        foreach (array_unique([$step->doneDestination, $step->otherDestination]) as $destination) {
            if ($dest === true || in_array($destination, (array) $dest, true)) {
                $used[] = [
                    'dest' => $destination,
                    'description' => sprintf(_('IT helpdesk: %s'), $step->name),
                    'edit_url' => 'config.php?display=urahelpdesk&view=step&id=' . $step->id,
                ];
            }
        }
    }
    return $used;
}

/** Leads our steps to the new destination wherever they led to the old one: another module has moved it. */
function urahelpdesk_change_destination($old_dest, $new_dest)
{
    $steps = \FreePBX::Urahelpdesk()->steps();
    foreach ($steps->all() as $step) {
        $changed = $step->withDestinationChanged((string) $old_dest, (string) $new_dest);
        if ($changed != $step && $changed->faults() === []) {
            $steps->save($changed);
        }
    }
}
