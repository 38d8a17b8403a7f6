<?php
/** @var string $view @var string $content @var string $notice */
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
$tabs = ['settings' => _('Settings'), 'steps' => _('Steps as destinations'), 'selftest' => _('Self-test')];
$current = $view === 'step' ? 'steps' : $view;
?>
<div class="container-fluid">
    <h1>URA Chamados</h1>
    <ul class="nav nav-tabs">
<?php foreach ($tabs as $name => $label) { ?>
        <li class="<?php echo $name === $current ? 'active' : ''; ?>">
            <a href="config.php?display=urahelpdesk&amp;view=<?php echo $name; ?>"<?php echo $name === $current ? ' aria-current="page"' : ''; ?>><?php echo $escape($label); ?></a>
        </li>
<?php } ?>
    </ul>
<?php if ($notice !== '') { ?>
    <div class="alert alert-success" role="status"><?php echo $escape($notice); ?></div>
<?php } ?>
<?php if ($faults !== []) { ?>
    <div class="alert alert-danger" role="alert"><?php echo $escape(_('Nothing was saved: see the fields in question.')); ?></div>
<?php } ?>
    <div class="display full-border">
        <div class="fpbx-container">
<?php echo $content; ?>
        </div>
    </div>
</div>
