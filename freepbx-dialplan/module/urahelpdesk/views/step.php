<?php
/** @var FreePBX\modules\Urahelpdesk\StepDestination $step @var array<string, string> $faults */
use FreePBX\modules\Urahelpdesk\StepDestination;

$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
$labels = [
    'verify-user' => _('Ask for the registration code and look the person up'),
    'send-code' => _('Send the access code'),
    'verify-code' => _('Ask for the access code'),
    'verify-ticket' => _('Ask for a protocol and tell the status'),
    'open-ticket' => _('Open a ticket'),
    'check-hours' => _('Office hours: open?'),
    'remove-audio' => _('Remove the last audio'),
];
$help = static function (string $field, string $text) use ($faults, $escape): void {
    echo '<span class="help-block" id="' . $field . '-about">' . $escape($faults[$field] ?? $text) . '</span>';
};
$state = static fn (string $field): string => isset($faults[$field]) ? ' has-error' : '';
?>
<?php if ($step->id > 0) {
    echo \FreePBX::View()->destinationUsage(urahelpdesk_getdest($step->id));
} ?>
<form class="fpbx-submit" action="config.php?display=urahelpdesk&amp;view=step&amp;id=<?php echo $step->id; ?>" method="post">
<input type="hidden" name="action" value="save-step">
<input type="hidden" name="id" value="<?php echo $step->id; ?>">
<div class="element-container<?php echo $state('name'); ?>"><div class="row form-group">
    <div class="col-md-3"><label class="control-label" for="name"><?php echo $escape(_('Name')); ?></label></div>
    <div class="col-md-9">
        <input type="text" class="form-control" id="name" name="name" maxlength="<?php echo StepDestination::NAME_CHARACTERS_MAX; ?>" aria-describedby="name-about" value="<?php echo $escape($step->name); ?>">
        <?php $help('name', _('How it is called in the lists of destinations.')); ?>
    </div>
</div></div>
<div class="element-container<?php echo $state('step'); ?>"><div class="row form-group">
    <div class="col-md-3"><label class="control-label" for="step"><?php echo $escape(_('Step')); ?></label></div>
    <div class="col-md-9">
        <select class="form-control" id="step" name="step" aria-describedby="step-about">
<?php foreach ($labels as $value => $label) { ?>
            <option value="<?php echo $value; ?>"<?php echo $value === $step->step ? ' selected' : ''; ?>><?php echo $escape($label); ?></option>
<?php } ?>
        </select>
        <?php $help('step', _('A ticket is opened and told only to whom has keyed a valid access code in the same call.')); ?>
    </div>
</div></div>
<div class="element-container<?php echo $state('service'); ?>"><div class="row form-group">
    <div class="col-md-3"><label class="control-label" for="service"><?php echo $escape(_('Service')); ?></label></div>
    <div class="col-md-9">
        <input type="text" class="form-control" id="service" name="service" maxlength="64" aria-describedby="service-about" value="<?php echo $escape($step->service); ?>">
        <?php $help('service', _('Only to open a ticket: the code of the service in the catalogue.')); ?>
    </div>
</div></div>
<div class="element-container<?php echo $state('done_destination'); ?>"><div class="row form-group">
    <div class="col-md-3"><label class="control-label" for="goto0"><?php echo $escape(_('Done: go on to')); ?></label></div>
    <div class="col-md-9">
        <?php echo drawselects($step->doneDestination, 0); ?>
        <?php $help('done_destination', _('For office hours: when it is open.')); ?>
    </div>
</div></div>
<div class="element-container<?php echo $state('other_destination'); ?>"><div class="row form-group">
    <div class="col-md-3"><label class="control-label" for="goto1"><?php echo $escape(_('Anything else: go on to')); ?></label></div>
    <div class="col-md-9">
        <?php echo drawselects($step->otherDestination, 1); ?>
        <?php $help('other_destination', _('Not found, a wrong code, a limit, no server; for office hours: when it is closed.')); ?>
    </div>
</div></div>
</form>
