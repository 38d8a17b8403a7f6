<?php
/** @var array<string, string> $settings @var array<string, string> $faults @var array $queues @var array $timeConditions */
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
$named = static function (array $choices): array {
    $options = [];
    foreach ($choices as $number => $name) {
        $options[(string) $number] = "$number $name";
    }
    return $options;
};
$fields = [
    'server1' => [_('FastAGI server'), _('host:port of the agi service.'), null],
    'server2' => [_('Second FastAGI server'), _('It answers when the first does not within 2 s. Empty: there is only one.'), null],
    'queue' => [_('Queue of the technicians'), _('Where callers wait who ask for a technician.'), ['' => _('choose')] + $named($queues)],
    'queue_seconds' => [_('Seconds in the queue'), _('After that the caller may open a ticket instead.'), null],
    'time_condition' => [_('Time Condition'), _('Office hours while no server answers.'), ['' => _('none: URA_HOURS of ura-globals.conf')] + $named($timeConditions)],
    'recording' => [_('Record calls with technicians'), _('The caller is told before.'), ['no' => _('No'), 'yes' => _('Yes')]],
    'language' => [_('Language of the recordings'), _('The folder below sounds, such as pt_BR.'), null],
];
?>
<form class="fpbx-submit" action="config.php?display=urahelpdesk&amp;view=settings" method="post">
<input type="hidden" name="action" value="save-settings">
<?php foreach ($fields as $name => [$label, $help, $options]) { ?>
<div class="element-container<?php echo isset($faults[$name]) ? ' has-error' : ''; ?>">
    <div class="row form-group">
        <div class="col-md-3"><label class="control-label" for="<?php echo $name; ?>"><?php echo $escape($label); ?></label></div>
        <div class="col-md-9">
<?php if ($options === null) { ?>
            <input type="text" class="form-control" id="<?php echo $name; ?>" name="<?php echo $name; ?>" maxlength="260" aria-describedby="<?php echo $name; ?>-about" value="<?php echo $escape($settings[$name]); ?>">
<?php } else { ?>
            <select class="form-control" id="<?php echo $name; ?>" name="<?php echo $name; ?>" aria-describedby="<?php echo $name; ?>-about">
<?php foreach ($options as $value => $text) { ?>
                <option value="<?php echo $escape((string) $value); ?>"<?php echo (string) $value === $settings[$name] ? ' selected' : ''; ?>><?php echo $escape($text); ?></option>
<?php } ?>
            </select>
<?php } ?>
            <span class="help-block" id="<?php echo $name; ?>-about"><?php echo $escape($faults[$name] ?? $help); ?></span>
        </div>
    </div>
</div>
<?php } ?>
</form>
