<?php
/** @var list<array{name: string, status: string, found: string, advice: string}> $results */
use FreePBX\modules\Urahelpdesk\SelfTest;

$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
$words = [SelfTest::OK => _('ok'), SelfTest::FAILED => _('failed'), SelfTest::NEUTRAL => _('not in use')];
$classes = [SelfTest::OK => 'success', SelfTest::FAILED => 'danger', SelfTest::NEUTRAL => ''];
?>
<table class="table">
    <thead><tr><th scope="col"><?php echo $escape(_('Check')); ?></th><th scope="col"><?php echo $escape(_('Result')); ?></th><th scope="col"><?php echo $escape(_('Found')); ?></th><th scope="col"><?php echo $escape(_('What to do')); ?></th></tr></thead>
    <tbody>
<?php foreach ($results as $result) { ?>
        <tr class="<?php echo $classes[$result['status']]; ?>">
            <th scope="row"><?php echo $escape($result['name']); ?></th>
            <td><?php echo $escape($words[$result['status']]); ?></td>
            <td><?php echo $escape($result['found']); ?></td>
            <td><?php echo $escape($result['advice']); ?></td>
        </tr>
<?php } ?>
    </tbody>
</table>
<a class="btn btn-default" href="config.php?display=urahelpdesk&amp;view=selftest"><?php echo $escape(_('Run the test again')); ?></a>
