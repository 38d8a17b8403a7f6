<?php
/** @var array<int, FreePBX\modules\Urahelpdesk\StepDestination> $steps */
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
?>
<p><?php echo $escape(_('Each step is a destination for an IVR, a route or another step. The whole call needs none of them: choose "IT helpdesk: the whole call" there.')); ?></p>
<a class="btn btn-default" href="config.php?display=urahelpdesk&amp;view=step"><?php echo $escape(_('Add a step')); ?></a>
<table class="table table-striped">
    <thead><tr><th scope="col"><?php echo $escape(_('Name')); ?></th><th scope="col"><?php echo $escape(_('Step')); ?></th><th scope="col"></th></tr></thead>
    <tbody>
<?php foreach ($steps as $step) { ?>
        <tr>
            <td><a href="config.php?display=urahelpdesk&amp;view=step&amp;id=<?php echo $step->id; ?>"><?php echo $escape($step->name); ?></a></td>
            <td><?php echo $escape($step->step); ?></td>
            <td>
                <form action="config.php?display=urahelpdesk&amp;view=steps" method="post">
                    <input type="hidden" name="action" value="delete-step">
                    <input type="hidden" name="id" value="<?php echo $step->id; ?>">
                    <button type="submit" class="btn btn-default" aria-label="<?php echo $escape(sprintf(_('Delete %s'), $step->name)); ?>"><?php echo $escape(_('Delete')); ?></button>
                </form>
            </td>
        </tr>
<?php } ?>
    </tbody>
</table>
