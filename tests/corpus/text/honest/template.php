<?php
$adUnits = get_option('adUnits');
foreach ($adUnits as $unit) {
    echo "googletag.display('" . esc_js($unit) . "');";
}
